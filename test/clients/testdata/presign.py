# Presigned URLs of STS, as boto3 and the tokens of Amazon EKS have them, with a long-lived
# key and with a session; then each with another action.
import urllib.error
import urllib.request

import boto3
from botocore.signers import RequestSigner


def answer(url, method, headers={}):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers)) as r:
            text = r.read().decode()
    except urllib.error.HTTPError as e:
        text = e.read().decode()
    for name in "Arn", "Code":
        if f"<{name}>" in text:
            return text.split(f"<{name}>")[1].split(f"</{name}>")[0].split(":")[-1]
    return text


sts = boto3.client("sts")
c = sts.get_session_token()["Credentials"]
session = boto3.session.Session(c["AccessKeyId"], c["SecretAccessKey"], c["SessionToken"])
for name, s in ("key", boto3.session.Session()), ("session", session):
    client = s.client("sts")
    for method in "GET", "POST":
        url = client.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod=method)
        print(name, method, answer(url, method), answer(url.replace("GetCallerIdentity", "GetSessionToken"), method))
    signer = RequestSigner(client.meta.service_model.service_id, "us-east-1", "sts", "v4", s.get_credentials(), s.events)
    request = {"method": "GET", "url": client.meta.endpoint_url + "/?Action=GetCallerIdentity&Version=2011-06-15",
               "body": {}, "headers": {"x-k8s-aws-id": "cluster"}, "context": {}}
    url = signer.generate_presigned_url(request, region_name="us-east-1", expires_in=60, operation_name="")
    print(name, "EKS", answer(url, "GET", {"x-k8s-aws-id": "cluster"}), answer(url, "GET", {"x-k8s-aws-id": "another"}))
