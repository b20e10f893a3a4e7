"""Who may do what, in the place of moto's check, which knows neither resources nor expiry."""

import base64
import json
import re
import time

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.core.exceptions import _RESTError
from moto.core.utils import utcnow
from moto.iam import access_control
from moto.iam.models import iam_backends
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.ssm.responses import SimpleSystemManagerResponse
from moto.sts.models import sts_backends

IAM, STS = iam_backends[ACCOUNT]["aws"], sts_backends[ACCOUNT]["aws"]
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


class Refusal(Exception):
    """Becomes AWS's answer, with the code that IAM and STS use."""

    def __init__(self, code, message, status=403):
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


def authorize(response, _=None):
    if "X-Amz-Target" in response.headers:
        response.querystring = {}  # moto looks for parameters in values that have a '&' before it looks in the JSON
    action = response._get_action()
    if action == "AssumeRoleWithWebIdentity":
        return check_web_identity(response._get_param("RoleArn"), response._get_param("WebIdentityToken"))
    try:
        request = request_of(response, action)
        request.check_signature()
    except _RESTError as e:
        raise Refusal(e.error_type, e.message) from None
    if any(session.expiration <= utcnow() for session in sessions(response.access_key)):
        raise Refusal("ExpiredToken", "The security token included in the request is expired")
    for resource, policy in resources(response, action):
        check(request, resource, policy)


def request_of(response, action):
    body = response.normalized_request.environ["launcher.body"]  # moto has a form's fields only, in its own encoding
    return access_control.IAMRequest(
        account_id=ACCOUNT, method=response.method, path=response.raw_path, data={}, body=body,
        headers=response.headers, action=action)  # fmt: skip


def sessions(access_key):
    return [session for session in STS.assumed_roles if session.access_key_id == access_key]


def roles(arn):
    return [role for role in IAM.roles.values() if role.arn == arn]


def resources(response, action):
    """The ARN of each thing that the request names, and its resource policy."""
    if isinstance(response, SecretsManagerResponse):
        name = response._get_param("SecretId") or response._get_param("Name")
        return [secret(response, name)] if name else [("*", None)]
    if isinstance(response, SimpleSystemManagerResponse):
        names = [response._get_param(key) for key in ("Name", "Path", "ResourceId")] + response._get_param("Names", [])
        plain = [name.split(":parameter")[-1].split(":")[0].lstrip("/") for name in names if name]
        arn = f"arn:aws:ssm:{response.region}:{ACCOUNT}:parameter/"
        return [(arn + name, None) for name in plain] or [("*", None)]
    if action == "AssumeRole":
        arn = response._get_param("RoleArn")
        return [(arn, role.assume_role_policy_document) for role in roles(arn)] or [(arn, '{"Statement": []}')]
    return [("*", None)]


def secret(response, name):
    found = response.backend.secrets.get(name)
    if found is not None:
        return found.arn, found.policy
    arn = name if name.startswith("arn:") else f"arn:aws:secretsmanager:{response.region}:{ACCOUNT}:secret:{name}"
    return arn, None


def check(request, resource, policy):
    who, action = request._access_key.arn, request._action
    theirs = effects(json.loads(policy), action, resource, who) if policy else set()
    documents = [access_control.IAMPolicy(p)._policy_json for p in request._access_key.collect_policies()]
    mine = set().union(*(effects(document, action, resource) for document in documents))
    if "Deny" in mine:
        why = "with an explicit deny in an identity-based policy"
    elif "Deny" in theirs:
        why = "with an explicit deny in a resource-based policy"
    elif action == "sts:GetCallerIdentity" or "Allow" in theirs or ("Allow" in mine and action != "sts:AssumeRole"):
        return
    else:
        why = f"because no identity-based policy allows the {action} action"
    raise Refusal("AccessDenied", f"User: {who} is not authorized to perform: {action} on resource: {resource} {why}")


def effects(policy, action, resource, who=None):
    """What the statements about this action and resource, and this principal if there is one, say."""
    found = set()
    for statement in listed(policy["Statement"]):
        if not statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Principal"}:
            raise NotImplementedError(f"a statement with {sorted(statement)}")
        principal = statement.get("Principal", "*")
        whom = listed(principal if principal == "*" else principal.get("AWS", []))
        if (
            (who is None or any(one in whom for one in ("*", who, role_of(who), ACCOUNT, ROOT)))
            and any(matches(pattern, action) for pattern in listed(statement["Action"]))
            and any(matches(pattern, resource) for pattern in listed(statement.get("Resource", "*")))
        ):
            found.add(statement["Effect"])
    return found


def role_of(who):
    return re.sub(r":sts::(\d+):assumed-role/([^/]+)/.*", r":iam::\1:role/\2", who)


def listed(value):
    return value if isinstance(value, list) else [value]


def matches(pattern, text):
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text)


def check_web_identity(arn, token):
    """The token is a JWT that has not expired, with the sub and aud for which the role's trust policy asks."""
    try:
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    except (ValueError, IndexError):
        raise Refusal("InvalidIdentityToken", "The ID Token provided is not a valid JWT.", 400) from None
    if claims.get("exp", 0) <= time.time():
        raise Refusal("ExpiredTokenException", "Token expired: current date/time must be before the expiration", 400)
    for role in roles(arn):
        for statement in listed(json.loads(role.assume_role_policy_document)["Statement"]):
            wanted = statement.get("Condition", {}).get("StringEquals", {})
            if "sts:AssumeRoleWithWebIdentity" in listed(statement["Action"]) and all(
                claims.get(key.rpartition(":")[2]) in listed(value) for key, value in wanted.items()
            ):
                return
    raise Refusal("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def make_administrator(access_key, secret_key):
    IAM.create_user("us-east-1", "administrator")
    key = IAM.create_access_key("administrator")
    key.access_key_id, key.secret_access_key = access_key, secret_key
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    IAM.put_user_policy("administrator", "everything", json.dumps(everything))
