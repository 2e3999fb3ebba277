"""Starts the release binary over an empty folder, tries its whole interface, and ends it by its own pid."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Seconds for all of it, so that the stage has an end.
TIME_MAX = "200"


def run(command, environment, folder):
    """Runs the tool and passes on what it says; its exit code, and its words without colours."""
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    words = []
    with subprocess.Popen(command, env=environment, cwd=folder, **pipe) as tool:
        for line in tool.stdout:
            print(line, end="", flush=True)
            words.append(re.sub(r"\x1b\[[0-9;]*m", "", line))
    return tool.returncode, "".join(words)


def main():
    binary = os.environ.get("BILLET_BINARY", str(ROOT / "target/release/billet"))
    with tempfile.TemporaryDirectory(prefix="billet-schemathesis-") as folder:
        words = [binary, "serve", "--demo", "--listen", "127.0.0.1:0", "--data", f"{folder}/data"]
        with open(f"{folder}/stderr", "wb") as stderr:
            server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=stderr, text=True)
        try:
            line = server.stdout.readline()
            if "listening on " not in line:
                sys.exit("the server does not start: " + open(f"{folder}/stderr").read())
            origin = line.split("listening on ")[1].strip().rstrip("/")
            tool = pathlib.Path(sys.executable).parent / "schemathesis"
            command = [tool, "--config-file", HERE / "schemathesis.toml", "run", f"{origin}/v1/openapi.json"]
            command += ["--max-time", os.environ.get("SCHEMATHESIS_SECONDS", TIME_MAX)] + sys.argv[1:]
            paths = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
            environment = {**os.environ, "BILLET_ORIGIN_UNDER_TEST": origin, "PYTHONPATH": paths}
            ended, answer = run(command, environment, folder)
            counts = re.search(r"Selected: (\d+)/.*?Tested: (\d+)", answer, re.DOTALL)
            if not counts or counts[1] != counts[2]:
                sys.exit("not every call was tried: give it more time, or see above why not")
            said = open(f"{folder}/stderr").read()
            if server.poll() is not None or " ERROR " in said or "mistake of the program" in said:
                sys.exit("the server did not stay well:\n" + said[-4000:])
            sys.exit(ended)
        finally:
            server.terminate()
            server.wait(20)


main()
