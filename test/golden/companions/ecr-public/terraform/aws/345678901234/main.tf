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
  region              = "us-east-1"
  allowed_account_ids = ["345678901234"]
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

resource "aws_iam_role" "shop-mirror" {
  name = "shop-mirror"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws:iam::345678901234:oidc-provider/oidc.circleci.com/org/${var.organization_id}"
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

resource "aws_iam_role_policy" "shop-mirror" {
  name = "build-once"
  role = aws_iam_role.shop-mirror.name
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
        Resource = "arn:aws:ecr-public::345678901234:repository/shop"
      },
    ]
  })
}
