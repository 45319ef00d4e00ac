"""The doors through which the page calls Python; whatever goes wrong comes back as a kind and a sentence."""

from collections.abc import Callable
from typing import Any

from sealed.base32 import read_link_text
from sealed.errors import SealedError

from . import handover, photos, sending
from .asking import ask_sender
from .audit import Audit
from .opening import Where, check_file, open_file, open_report, save
from .sent import Own
from .sign_in import begin_sign_in, end_sign_in
from .text import _, speak
from .web import Refused

Tell = Callable[[dict[str, Any]], object]


async def answer(door: str, args: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Return the answer of one door; `tell` reports progress. Raises LookupError for an unknown door."""
    try:
        match door:
            case "speak":
                speak(args)
                return {}
            case "check_link":
                read_link_text(args["fragment"])
                return {}
            case "open_report":
                return await open_report(*_sought(args), tell)
            case "open_file":
                return await open_file(*_sought(args), args["file"], tell)
            case "check_file":
                return await check_file(**args)
            case "save":
                return await save(**args)
            case "ask_sender":
                return await ask_sender(args["report"], args["key_server"])
            case "begin_sign_in":
                return await begin_sign_in(**args)
            case "end_sign_in":
                return await end_sign_in(**args)
            case "add_photo" | "see_photo" | "drop_photo":
                photo: dict[str, Any] = await getattr(photos, door)(**args)
                return photo
            case "seal":
                return await sending.seal(**args, tell=tell)
            case "authorize_upload" | "register":
                done: dict[str, Any] = await getattr(sending, door)(**args)
                return done
            case "begin_handover" | "end_handover" | "mark_handover" | "seal_handover":
                handed: dict[str, Any] = await getattr(handover, door)(**args)
                return handed
            case "standing" | "activity" | "prove" | "consent" | "withdraw" | "delete" | "change" | "links":
                own = Own(**args.pop("own"))
                found: dict[str, Any] = await getattr(own, door)(**args)
                return found
            case "audited" | "export_audited" | "prove_audited":
                audit = Audit(**args.pop("audit"))
                answered: dict[str, Any] = await getattr(audit, door)(**args)
                return answered
            case _:
                raise LookupError("no such door")
    except SealedError as error:
        return {"error": {"kind": type(error).__name__, "text": _(str(error))}}
    except Refused as refused:
        return {"error": {"kind": refused.error, "text": _(refused.message)}}


def _sought(args: dict[str, Any]) -> tuple[str, str, Where, str]:
    """Return what is to be opened, where it is, and the checkpoint that this browser remembers."""
    where = Where(args["key_server"], args["file_host"], args["log_key"])
    return args["report"], args["fragment"], where, args["remembered"]
