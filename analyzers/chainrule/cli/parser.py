"""The options of every command. Commands are imported when they run."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable

from chainrule import __version__
from chainrule.config import DEVICE, codes

_EXITS = "exit status: 0 clean, 1 findings of severity warning or error, 2 usage or internal error"
_PROBE_EXITS = "exit status: 0 every source flows, 1 some do not, 2 some could not run"


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chainrule",
        description="Finds where the gradient of a PyTorch loss is lost, and runs the loss to prove it.",
    )
    parser.add_argument("--version", action="version", version=f"chainrule {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _check(commands.add_parser("check", help="find breaks of the gradient in files", epilog=_EXITS))
    _probe(commands.add_parser("probe", help="run losses and measure their gradients", epilog=_PROBE_EXITS))
    explain = commands.add_parser("explain", help="what a code means, or what an operator does to a gradient")
    explain.add_argument(
        "topic", metavar="CODE|OPERATOR", help="for example CR106, torch.topk, Tensor.round, //"
    )
    explain.add_argument("--format", choices=("text", "json"), default="text")
    explain.set_defaults(run=_command("explain"))
    rules = commands.add_parser("rules", help="list every code")
    rules.set_defaults(run=_command("rules"))
    server = commands.add_parser("server", help="start the language server on stdin and stdout")
    server.set_defaults(run=_command("server"))
    return parser


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="files and folders (default: this folder); - is stdin"
    )
    parser.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    for name, what in (("--select", "report only these codes"), ("--ignore", "leave these codes out")):
        parser.add_argument(name, metavar="CODES", type=_codes, action="extend", help=f"{what} (CR106,CR2)")
    parser.add_argument("--fix", action="store_true", help="apply fixes that keep the loss's value")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix or --diff: apply every other fix too"
    )
    parser.add_argument(
        "--diff", action="store_true", help="print what --fix would change, and change nothing"
    )
    parser.add_argument(
        "--verdicts", action="store_true", help="report the verdict of every function's sources"
    )
    parser.add_argument(
        "--jobs", metavar="N", type=_count, help="processes to use (default: by the amount of work)"
    )
    parser.add_argument("--no-cache", action="store_true", help="analyse every file anew")
    parser.add_argument("--stdin-filename", metavar="NAME", help="read stdin, and report it as NAME")
    parser.set_defaults(run=_command("check"))


def _probe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "targets", metavar="FILE[::QUALNAME]", nargs="+", help="a loss, or every loss of a file"
    )
    parser.add_argument(
        "--inputs", metavar="ARGUMENTS", help='for example "pred=torch.rand(4, 10), target=torch.ones(4)"'
    )
    parser.add_argument("--instance", metavar="EXPR", help='the object of a method, for example "PoseNet(3)"')
    parser.add_argument("--device", type=_device, help="auto, cpu, cuda, cuda:N or mps (default: auto)")
    parser.add_argument("--python", metavar="PATH", help="the interpreter to run in (default: the project's)")
    parser.add_argument("--timeout", metavar="S", type=_seconds, help="seconds that one probe may take")
    parser.add_argument("--jobs", metavar="N", type=_count, help="probes to run at a time")
    parser.add_argument(
        "--batches", metavar="N,N", type=_counts, help="measure time and memory at these batch sizes too"
    )
    parser.add_argument("--format", choices=("text", "json", "html"), default="text")
    parser.add_argument("--output", metavar="FILE", help="write the result there instead of to stdout")
    parser.add_argument(
        "--write-test", metavar="FILE", help="write a pytest test of the gradient, and of failing edge inputs"
    )
    parser.set_defaults(run=_command("probe"))


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        status: int = importlib.import_module(f"chainrule.cli.{name}").run(arguments)
        return status

    return run


def _codes(text: str) -> tuple[str, ...]:
    try:
        return codes([code.strip() for code in text.split(",") if code.strip()])
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _counts(text: str) -> tuple[int, ...]:
    return tuple(_count(part.strip()) for part in text.split(","))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _device(text: str) -> str:
    if not DEVICE.match(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not one of auto, cpu, cuda, cuda:N, mps")
    return text
