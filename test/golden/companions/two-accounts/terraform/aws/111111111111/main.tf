# Written by gen-config companions; README.md of the companions says what it is for.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.8.0"
    }
  }
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias               = "eu-central-1"
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
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

resource "aws_ecr_repository" "acme_shop" {
  name                 = "acme/shop"
  image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"

  image_tag_mutability_exclusion_filter {
    filter      = "buildcache-*"
    filter_type = "WILDCARD"
  }

  image_tag_mutability_exclusion_filter {
    filter      = "release-next"
    filter_type = "WILDCARD"
  }

  image_tag_mutability_exclusion_filter {
    filter      = "v*"
    filter_type = "WILDCARD"
  }

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "acme_shop" {
  repository = aws_ecr_repository.acme_shop.name
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

resource "aws_ecr_repository_policy" "acme_shop" {
  repository = aws_ecr_repository.acme_shop.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::222222222222:root"
        }
        Action = [
          "ecr:BatchGetImage",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetLifecyclePolicy",
          "ecr:PutImage",
        ]
        Condition = {
          ArnEquals = {
            "aws:PrincipalArn" = "arn:aws:iam::222222222222:role/shop-production"
          }
        }
      },
      {
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::222222222222:root"
        }
        Action = [
          "ecr:BatchGetImage",
          "ecr:GetDownloadUrlForLayer",
        ]
      },
      {
        Effect = "Allow"
        Principal = {
          AWS = "arn:aws:iam::333333333333:root"
        }
        Action = [
          "ecr:BatchGetImage",
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetLifecyclePolicy",
          "ecr:PutImage",
        ]
        Condition = {
          ArnEquals = {
            "aws:PrincipalArn" = "arn:aws:iam::333333333333:role/shop-archive"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role" "shop-push" {
  name = "shop-push"
  path = "/ci/"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = "arn:aws:iam::111111111111:oidc-provider/oidc.circleci.com/org/${var.organization_id}"
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "oidc.circleci.com/org/${var.organization_id}:aud"                          = var.organization_id
            "oidc.circleci.com/org/${var.organization_id}:oidc.circleci.com/project-id" = var.project_id
          }
          StringLike = {
            "oidc.circleci.com/org/${var.organization_id}:sub" = [
              "org/${var.organization_id}/project/${var.project_id}/user/????????-????-????-????-????????????/vcs-origin/${var.vcs_origin}/vcs-ref/refs/heads/release/next",
              "org/${var.organization_id}/project/${var.project_id}/user/????????-????-????-????-????????????/vcs-origin/${var.vcs_origin}/vcs-ref/refs/tags/v*",
            ]
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
          "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer",
          "ecr:GetLifecyclePolicy",
          "ecr:InitiateLayerUpload",
          "ecr:ListImages",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = "arn:aws:ecr:eu-west-1:111111111111:repository/acme/shop"
      },
      {
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws:eks:eu-central-1:111111111111:cluster/staging"
      },
    ]
  })
}

resource "aws_eks_access_entry" "staging-eu-central-1-shop-push" {
  provider          = aws.eu-central-1
  cluster_name      = "staging"
  principal_arn     = aws_iam_role.shop-push.arn
  kubernetes_groups = ["circleci:shop:deploy-staging"]
}
