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
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}

variable "organization_id" {
  type        = string
  description = "ID of the organization in CircleCI: Organization Settings, Overview"
}

variable "project_id" {
  type        = string
  description = "ID of the project in CircleCI: Project Settings, Overview"
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

resource "aws_iam_role" "shop-push" {
  name = "shop-push"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws:iam::123456789012:oidc-provider/oidc.circleci.com/org/${var.organization_id}"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "oidc.circleci.com/org/${var.organization_id}:aud"                          = var.organization_id
            "oidc.circleci.com/org/${var.organization_id}:oidc.circleci.com/project-id" = var.project_id
          }
          StringLike = {
            "oidc.circleci.com/org/${var.organization_id}:sub" = "org/${var.organization_id}/project/${var.project_id}/user/????????-????-????-????-????????????/vcs-origin/${var.vcs_origin}/vcs-ref/refs/heads/main"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "shop-push" {
  name = "build-once"
  role = aws_iam_role.shop-push.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "ecr-public:GetAuthorizationToken",
          "sts:GetServiceBearerToken",
        ]
        Resource = "*"
      },
      {
        Effect = "Allow"
        Action = [
          "ecr-public:BatchCheckLayerAvailability",
          "ecr-public:CompleteLayerUpload",
          "ecr-public:InitiateLayerUpload",
          "ecr-public:PutImage",
          "ecr-public:UploadLayerPart",
        ]
        Resource = "arn:aws:ecr-public::123456789012:repository/team/shop"
      },
    ]
  })
}

resource "aws_iam_role" "shop-staging" {
  name = "shop-staging"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws:iam::123456789012:oidc-provider/oidc.circleci.com/org/${var.organization_id}"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "oidc.circleci.com/org/${var.organization_id}:aud"                          = var.organization_id
            "oidc.circleci.com/org/${var.organization_id}:oidc.circleci.com/project-id" = var.project_id
          }
          StringLike = {
            "oidc.circleci.com/org/${var.organization_id}:sub" = "org/${var.organization_id}/project/${var.project_id}/user/????????-????-????-????-????????????/vcs-origin/${var.vcs_origin}/vcs-ref/refs/heads/main"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "shop-staging" {
  name = "build-once"
  role = aws_iam_role.shop-staging.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "ecr-public:GetAuthorizationToken",
          "sts:GetServiceBearerToken",
        ]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = "ecr-public:PutImage"
        Resource = "arn:aws:ecr-public::123456789012:repository/team/shop"
      },
      {
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws:eks:eu-west-1:123456789012:cluster/staging"
      },
      {
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws:eks:eu-west-1:123456789012:cluster/mirror"
      },
    ]
  })
}

resource "aws_eks_access_entry" "staging-eu-west-1-shop-staging" {
  cluster_name      = "staging"
  principal_arn     = aws_iam_role.shop-staging.arn
  kubernetes_groups = ["circleci:shop:deploy-staging"]
}

resource "aws_eks_access_entry" "mirror-eu-west-1-shop-staging" {
  cluster_name      = "mirror"
  principal_arn     = aws_iam_role.shop-staging.arn
  kubernetes_groups = ["circleci:shop:deploy-mirror"]
}
