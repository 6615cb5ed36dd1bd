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
  region              = "cn-north-1"
  allowed_account_ids = [var.account_id]
}

variable "account_id" {
  type        = string
  description = "AWS account of the clusters that are reached without a role"
}

resource "aws_iam_policy" "circleci-deploy-pre_prod" {
  name = "circleci-deploy-pre_prod"
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
        Resource = "arn:aws-cn:ecr:cn-north-1:123456789012:repository/shop"
      },
      {
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws-cn:eks:cn-north-1:${var.account_id}:cluster/all"
      },
    ]
  })
}
