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
  region              = "us-gov-west-1"
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

resource "aws_ecr_repository" "a_b_c" {
  name                 = "a/b_c"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "a_b_c" {
  repository = aws_ecr_repository.a_b_c.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "No tag for 16 days: builds that were never published. Nothing that has a tag may expire."
        selection = {
          tagStatus   = "untagged"
          countType   = "sinceImagePushed"
          countUnit   = "days"
          countNumber = 16
        }
        action = {
          type = "expire"
        }
      },
    ]
  })
}

resource "aws_iam_role" "x______-y" {
  name = "x+=,.@_-y"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws-us-gov:iam::123456789012:oidc-provider/oidc.circleci.com/org/${var.organization_id}"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "oidc.circleci.com/org/${var.organization_id}:aud" = var.organization_id
          }
          StringLike = {
            "oidc.circleci.com/org/${var.organization_id}:sub" = "org/${var.organization_id}/project/${var.project_id}/user/????????-????-????-????-????????????/vcs-origin/${var.vcs_origin}/vcs-ref/refs/heads/odd/$${$}{aws:username}-%%{if}$${$}"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "x______-y" {
  name = "build-once"
  role = aws_iam_role.x______-y.name
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
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:GetDownloadUrlForLayer",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/a/b_c"
      },
    ]
  })
}

resource "aws_iam_role" "_0deploy" {
  name = "0deploy"
  path = "/a/b/"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws-us-gov:iam::123456789012:oidc-provider/oidc.circleci.com/org/${var.organization_id}"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "oidc.circleci.com/org/${var.organization_id}:aud" = var.organization_id
          }
          StringLike = {
            "oidc.circleci.com/org/${var.organization_id}:sub" = "org/${var.organization_id}/project/${var.project_id}/user/????????-????-????-????-????????????/vcs-origin/${var.vcs_origin}/vcs-ref/refs/heads/odd/$${$}{aws:username}-%%{if}$${$}"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "_0deploy" {
  name = "build-once"
  role = aws_iam_role._0deploy.name
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
        Resource = "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/a/b_c"
      },
      {
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws-us-gov:eks:us-gov-west-1:123456789012:cluster/C_1-x"
      },
    ]
  })
}

resource "aws_eks_access_entry" "C_1-x-us-gov-west-1-0deploy" {
  cluster_name      = "C_1-x"
  principal_arn     = aws_iam_role._0deploy.arn
  kubernetes_groups = ["circleci:n:deploy-one"]
}
