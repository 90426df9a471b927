"""Manages the root user of a member with boto3."""

import boto3
from botocore.exceptions import ClientError

organizations, iam, sts = (boto3.client(service) for service in ("organizations", "iam", "sts"))
try:
    iam.list_organizations_features()
except iam.exceptions.OrganizationNotFoundException as e:
    print(e.response["Error"]["Code"])
organization = organizations.create_organization()["Organization"]["Id"]
try:
    iam.enable_organizations_root_sessions()
except iam.exceptions.ServiceAccessNotEnabledException as e:
    print(e.response["Error"]["Message"])
organizations.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
answer = iam.enable_organizations_root_sessions()
print(answer["OrganizationId"] == organization, answer["EnabledFeatures"])
status = organizations.create_account(Email="new@example.com", AccountName="New")["CreateAccountStatus"]
while status["State"] == "IN_PROGRESS":
    status = organizations.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
member = status["AccountId"]


def root(task, **kwargs):
    c = sts.assume_root(TargetPrincipal=member, TaskPolicyArn={"arn": f"arn:aws:iam::aws:policy/root-task/{task}"}, **kwargs)["Credentials"]
    return boto3.client("iam", aws_access_key_id=c["AccessKeyId"], aws_secret_access_key=c["SecretAccessKey"], aws_session_token=c["SessionToken"])


audit = root("IAMAuditRootUserCredentials", DurationSeconds=60)
print(audit.get_login_profile()["LoginProfile"]["UserName"], audit.get_account_summary()["SummaryMap"]["AccountPasswordPresent"])
try:
    audit.delete_login_profile()
except ClientError as e:
    print(e.response["Error"]["Message"].replace(member, "MEMBER"))
root("IAMDeleteRootUserCredentials").delete_login_profile()
try:
    audit.get_login_profile()
except audit.exceptions.NoSuchEntityException as e:
    print(e.response["Error"]["Message"])
