"""Where moto's Secrets Manager and Parameter Store answer otherwise than AWS's."""

import base64
import copy
import json
import time

from authorization import Refusal, check, request_of, secret
from moto.core.exceptions import JsonRESTError, _RESTError
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.ssm.models import Parameter, SimpleSystemManagerBackend

# What the stores say where IAM and STS have another code.
CODES = {"AccessDenied": "AccessDeniedException", "ExpiredToken": "ExpiredTokenException",
         "InvalidClientTokenId": "UnrecognizedClientException", "SignatureDoesNotMatch": "InvalidSignatureException",
         "MissingAuthenticationToken": "MissingAuthenticationTokenException"}  # fmt: skip

moto_batch = SecretsManagerResponse.batch_get_secret_value
moto_move = SecretsManagerResponse.update_secret_version_stage
moto_parameter, moto_answer = SimpleSystemManagerBackend.get_parameter, Parameter.response_object


def batch(self):
    """Each secret is checked for itself and read at AWSCURRENT; what is wrong with one is said of that one."""
    ids, values, errors = self._get_param("SecretIdList", []), [], []
    if not ids:
        return moto_batch(self)
    if len(ids) > 20:
        raise too_long("secretIdList", 20)
    request = request_of(self, "GetSecretValue")
    for one in ids:
        try:
            check(request, *secret(self, one))
            values.append(self.backend.get_secret_value(one, None, "AWSCURRENT"))
        except Refusal as e:
            errors.append({"SecretId": one, "ErrorCode": CODES[e.code], "Message": e.message})
        except _RESTError as e:
            errors.append({"SecretId": one, "ErrorCode": e.error_type, "Message": e.message})
    return json.dumps({"SecretValues": values, "Errors": errors})


def too_long(what, most):
    return JsonRESTError("ValidationException", f"1 validation error detected: Value at '{what}' failed to satisfy"
                         f" constraint: Member must have length less than or equal to {most}")  # fmt: skip


def writing(operation):
    """Refuses 65,537 bytes, and leaves the labels as AWS does: AWSPENDING goes when its version becomes current, the
    labels of users stay, and what is current is what a plain read gets."""

    def mended(self):
        check_length("secretString", (self._get_param("SecretString") or "").encode())
        check_length("secretBinary", base64.b64decode(self._get_param("SecretBinary") or ""))
        found = self.backend.secrets.get(self._get_param("SecretId") or "")
        versions = found.versions if found is not None else {}
        before = {id: list(version["version_stages"]) for id, version in versions.items()}
        answer = operation(self)
        taken = {stage for version in versions.values() for stage in version["version_stages"]}
        for id, version in versions.items():
            stages = version["version_stages"]
            if operation is not moto_move:
                stages += [stage for stage in before.get(id, []) if stage not in taken and not stage.startswith("AWS")]
            if "AWSCURRENT" in stages:
                found.set_default_version_id(id)
                stages[:] = [stage for stage in stages if stage != "AWSPENDING"]
        return answer

    return mended


def check_length(what, value):
    if len(value) > 65536:
        raise too_long(what, 65536)


def rotate(self):
    """Plans a rotation, for DescribeSecret to tell. There are no functions here that could rotate."""
    if self._get_param("RotateImmediately") is not False:
        raise JsonRESTError("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.")
    found, days = self.backend.describe_secret(self._get_param("SecretId")), self._get_param("RotationRules")
    found.rotation_requested = found.rotation_enabled = True
    found.auto_rotate_after_days = days["AutomaticallyAfterDays"]
    found.next_rotation_date = int(time.time()) + found.auto_rotate_after_days * 86400
    return found.to_short_dict()


def parameter_with_selector(self, name):
    found, selector = moto_parameter(self, name), self._strip_parameter_arn(name).partition(":")[2]
    if found is not None and selector:
        found = copy.copy(found)
        found.selector = ":" + selector
    return found


def parameter_as_answer(self, *arguments):
    selector = {"Selector": self.selector} if hasattr(self, "selector") else {}
    return {**moto_answer(self, *arguments), **selector}


def mend():
    SecretsManagerResponse.batch_get_secret_value, SecretsManagerResponse.rotate_secret = batch, rotate
    for name in ("create_secret", "put_secret_value", "update_secret", "update_secret_version_stage"):
        setattr(SecretsManagerResponse, name, writing(getattr(SecretsManagerResponse, name)))
    SimpleSystemManagerBackend.get_parameter, Parameter.response_object = parameter_with_selector, parameter_as_answer
