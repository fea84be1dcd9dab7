"""A client of the Lambda Runtime API that runs unmodified Python handlers.

It needs nothing but Python. It does what awslambdaric does: finds `module.function` of _HANDLER
under LAMBDA_TASK_ROOT, calls it with an event and a context, and reports results and errors in
Lambda's form.
"""

import decimal
import importlib
import json
import logging
import os
import socket
import sys
import time
import traceback


class Api:
    """One connection to the Runtime API, kept open."""

    def __init__(self, address):
        self.host = address
        host, _, port = address.rpartition(":")
        self.address = (host, int(port))
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb", 65536)

    def ask(self, method, path, body=b"", more=""):
        head = (
            f"{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {self.host}\r\n{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.socket.sendall(head.encode("latin-1", "replace") + body)
        status = self.file.readline(65536).split(None, 2)
        if len(status) < 2:
            # The server is gone, so there is nothing left to do.
            os._exit(0)
        headers = {}
        while (line := self.file.readline(65536)) not in (b"\r\n", b"\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = self.file.read(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.connect()
        return int(status[1]), headers, body


class Identity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """What a handler's second argument tells."""

    function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
    memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
    log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")
    client_context = None
    identity = Identity()

    def __init__(self, headers):
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id", "")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn", "")
        self._deadline_ms = int(headers.get("lambda-runtime-deadline-ms", 0))

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class Filter(logging.Filter):
    request_id = ""

    def filter(self, record):
        record.aws_request_id = Filter.request_id
        return True


def set_up_logging():
    handler = logging.StreamHandler(sys.stdout)
    line = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
    formatter = logging.Formatter(line, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(Filter())
    logging.getLogger().addHandler(handler)


def plain(value):
    """What json cannot write by itself, as awslambdaric writes it."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {value.__class__.__name__} is not JSON serializable")


def write(value):
    return json.dumps(value, ensure_ascii=False, default=plain).encode("utf-8", "surrogatepass")


def report(api, path, error, request_id, kind=None):
    """Sends an exception in Lambda's form, and prints it."""
    kind = kind or type(error).__name__
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    body = {
        "errorMessage": str(error),
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": [line for line in traceback.format_list(frames)],
    }
    print(f"[ERROR] {kind}: {error}\nTraceback (most recent call last):\n{''.join(body['stackTrace'])}", end="")
    sys.stdout.flush()
    sys.stderr.flush()
    api.ask("POST", path, write(body), f"Lambda-Runtime-Function-Error-Type: {kind}\r\n")


class Wrong(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def load(name):
    sys.path.insert(0, os.environ.get("LAMBDA_TASK_ROOT", os.getcwd()))
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Wrong("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    module_name = module_name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Wrong("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise Wrong("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}") from error
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Wrong("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'") from None


def main():
    # A line is in the log when it is written, also when the process is killed afterwards.
    sys.stdout.reconfigure(line_buffering=True)
    api = Api(os.environ["AWS_LAMBDA_RUNTIME_API"])
    set_up_logging()
    try:
        handler = load(os.environ["_HANDLER"])
    except BaseException as error:
        report(api, "init/error", error, "", getattr(error, "kind", None))
        sys.exit(1)
    while True:
        _, headers, body = api.ask("GET", "invocation/next")
        context = Context(headers)
        request_id = Filter.request_id = context.aws_request_id
        if trace := headers.get("lambda-runtime-trace-id"):
            os.environ["_X_AMZN_TRACE_ID"] = trace
        try:
            try:
                event = json.loads(body)
            except ValueError as error:
                raise Wrong("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
            result = handler(event, context)
            try:
                answer = write(result)
            except (TypeError, ValueError) as error:
                raise Wrong("Runtime.MarshalError", f"Unable to marshal response: {error}") from error
        except Exception as error:
            report(api, f"invocation/{request_id}/error", error, request_id, getattr(error, "kind", None))
            continue
        sys.stdout.flush()
        sys.stderr.flush()
        api.ask("POST", f"invocation/{request_id}/response", answer)


if __name__ == "__main__":
    main()
