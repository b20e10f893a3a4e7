"""moto's Secrets Manager, Parameter Store, IAM and STS on 127.0.0.1, mended where AWS answers otherwise.

    launcher.py PORT ACCESS_LOG

Signatures and policies are enforced. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are an administrator's. The access log
is a line of JSON per request, without values. Nothing is kept on disk. What AWS does not have is below /control:
GET: the log; POST /control/faults; DELETE /control/faults/ID; DELETE /control/sessions/ACCESS_KEY: it expires now.
"""

import io
import json
import os
import re
import sys
import threading
import time
import traceback
import uuid
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import moto.iam.responses  # noqa: F401: the first calls would pay for these imports
import moto.sts.responses  # noqa: F401
import stores
from authorization import Refusal, authorize, make_administrator, sessions
from moto.core.responses import BaseResponse
from moto.core.utils import utcnow
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ADMIN = os.environ["AWS_ACCESS_KEY_ID"]


class Server:
    def __init__(self, log):
        self.log, self.moto = open(log, "a+", encoding="utf-8"), DomainDispatcherApplication(create_backend_app)
        self.lock, self.faults, self.next = threading.Lock(), {}, 0  # moto itself is not safe for two requests at once

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["launcher.body"], environ["wsgi.input"] = body, io.BytesIO(body)
        if environ["PATH_INFO"].startswith("/control"):
            status, headers, answer = self.control(environ["REQUEST_METHOD"], environ["PATH_INFO"].split("/")[2:], body)
        else:
            facts = facts_of(environ, body)
            status, headers, answer, error = self.answer(facts, environ)
            headers.append(("x-amzn-RequestId", str(uuid.uuid4())))
            with self.lock:
                self.log.write(json.dumps({**facts, "status": status, "error": error}) + "\n")
                self.log.flush()
        start_response(f"{status} _", [*headers, ("Content-Length", str(len(answer)))])
        return [answer]

    def answer(self, facts, environ):
        fault, is_json = self.take_fault(facts), "HTTP_X_AMZ_TARGET" in environ
        if fault:
            time.sleep(fault.get("delay", 0))
            if "status" in fault:
                return error_of(is_json, fault["status"], fault["type"], fault["message"], fault.get("headers", {}))
        try:
            if facts["accessKey"] is None and facts["operation"] != "AssumeRoleWithWebIdentity":
                raise Refusal("MissingAuthenticationToken", "Missing Authentication Token")
            with self.lock:
                status, headers, answer = self.call_moto(environ)
        except Refusal as e:
            code = stores.CODES.get(e.code, e.code) if is_json else e.code
            return error_of(is_json, 400 if is_json else e.status, code, e.message, {})
        except Exception:
            traceback.print_exc()
            return error_of(is_json, 500, "InternalServiceError", "An error occurred on the server side", {})
        if status < 400 or not is_json:
            return status, headers, answer, None
        return (400 if status < 500 else status), headers, answer, json.loads(answer).get("__type")

    def call_moto(self, environ):
        seen = []
        answer = b"".join(self.moto(environ, lambda status, headers, _=None: seen.extend((status, headers))))
        unsaid = ("content-length", "x-amzn-requestid", "date", "server")
        return int(seen[0].split()[0]), [(k, v) for k, v in seen[1] if k.lower() not in unsaid], answer

    def take_fault(self, facts):
        with self.lock:
            for fault in self.faults.values():
                if (
                    fault["times"] != 0
                    and facts["accessKey"] != ADMIN
                    and fault["operation"] in ("*", facts["operation"])
                    and any(fault["name"] in name for name in [*facts["names"], ""])
                    and fault.get("accessKey", facts["accessKey"]) == facts["accessKey"]
                ):
                    fault["times"] -= 1
                    return fault
        return None

    def control(self, method, path, body):
        with self.lock:
            if method == "GET":
                self.log.seek(0)
                return 200, [("Content-Type", "application/jsonl")], self.log.read().encode()
            if method == "POST" and path == ["faults"]:
                self.next += 1
                self.faults[str(self.next)] = json.loads(body)
                return 200, [], str(self.next).encode()
            if method == "DELETE" and path[0] == "faults":
                return (200 if self.faults.pop(path[1], None) else 404), [], b""
            if method == "DELETE" and path[0] == "sessions":
                expired = sessions(path[1])
                for session in expired:
                    session.expiration = utcnow() - timedelta(seconds=1)
                return (200 if expired else 404), [], b""
        return 404, [], b""


def facts_of(environ, body):
    """What the access log says of a request: the names that it asks for, never a value."""
    credential = re.search(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    if "HTTP_X_AMZ_TARGET" in environ:
        asked, operation = json.loads(body or b"{}"), environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2]
    else:
        asked = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        operation = asked.get("Action", "")
    names = [asked[key] for key in ("SecretId", "Name", "Path", "RoleArn", "RoleName", "UserName") if key in asked]
    return {
        "time": datetime.now(timezone.utc).isoformat(),
        "service": credential[2] if credential else "sts",
        "operation": operation,
        "names": names + asked.get("SecretIdList", []) + asked.get("Names", []),
        "stage": asked.get("VersionStage"),
        "version": asked.get("VersionId"),
        "accessKey": credential[1] if credential else None,
    }


def error_of(is_json, status, code, message, headers):
    if is_json:
        kind, answer = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
    else:
        kind = "text/xml"
        answer = (f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(message)}"
                  f"</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>")  # fmt: skip
    return status, [("Content-Type", kind), *headers.items()], answer.encode(), code


class Handler(WSGIRequestHandler):
    def log_request(self, *_):
        """There is a log already."""


BaseResponse._authenticate_and_authorize_normal_action = authorize
stores.mend()
make_administrator(ADMIN, os.environ["AWS_SECRET_ACCESS_KEY"])
make_server("127.0.0.1", int(sys.argv[1]), Server(sys.argv[2]), threaded=True, request_handler=Handler).serve_forever()
