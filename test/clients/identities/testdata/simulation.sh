set -eu
policy='{"Version": "2012-10-17", "Statement": [{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
aws iam simulate-custom-policy --policy-input-list "$policy" --action-names s3:GetObject ec2:RunInstances --output text \
  --query 'EvaluationResults[].[EvalActionName,EvalDecision,MatchedStatements[0].EndPosition.Column]'
aws iam create-role --role-name Deploy --assume-role-policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}' --output text --query Role.RoleName
aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::111111111111:role/Deploy --policy-input-list "$policy" --action-names s3:GetObject \
  --output text --query 'EvaluationResults[].EvalDecision'
