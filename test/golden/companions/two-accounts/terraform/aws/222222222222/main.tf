# Written by gen-config companions; README.md of the companions says what it is for.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81.0"
    }
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["222222222222"]
}

variable "organization_id" {
  type        = string
  description = "ID of the organization in CircleCI: Organization Settings, Overview"
  default     = "11111111-2222-3333-4444-555555555555"
}

variable "project_id" {
  type        = string
  description = "ID of the project in CircleCI: Project Settings, Overview"
  default     = "66666666-7777-8888-9999-000000000000"
}

variable "vcs_origin" {
  type        = string
  description = "repository, as CircleCI names it in tokens: github.com/acme/shop"
  default     = "github.com/acme/shop"
}

variable "create_oidc_provider" {
  type        = bool
  description = "An account has one for each organization: false where it is there"
  default     = true
}

resource "aws_iam_openid_connect_provider" "circleci" {
  count          = var.create_oidc_provider ? 1 : 0
  url            = "https://oidc.circleci.com/org/${var.organization_id}"
  client_id_list = [var.organization_id]
}

resource "aws_iam_role" "shop-production" {
  name = "shop-production"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws:iam::222222222222:oidc-provider/oidc.circleci.com/org/${var.organization_id}"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "oidc.circleci.com/org/${var.organization_id}:aud"                          = var.organization_id
            "oidc.circleci.com/org/${var.organization_id}:oidc.circleci.com/project-id" = var.project_id
          }
          StringLike = {
            "oidc.circleci.com/org/${var.organization_id}:sub" = "org/${var.organization_id}/project/${var.project_id}/user/????????-????-????-????-????????????/vcs-origin/${var.vcs_origin}/vcs-ref/refs/heads/release/next"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "shop-production" {
  name = "build-once"
  role = aws_iam_role.shop-production.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchGetImage",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetLifecyclePolicy",
          "ecr:PutImage",
        ]
        Resource = "arn:aws:ecr:eu-west-1:111111111111:repository/acme/shop"
      },
      {
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws:eks:eu-central-1:222222222222:cluster/production"
      },
    ]
  })
}

resource "aws_eks_access_entry" "production-eu-central-1-shop-production" {
  cluster_name      = "production"
  principal_arn     = aws_iam_role.shop-production.arn
  kubernetes_groups = ["circleci:shop:deploy-production"]
}
