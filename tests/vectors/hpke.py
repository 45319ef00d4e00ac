"""Runs the cases of HPKE that hpke_cases.py makes against one runtime: CPython, Node, Chromium."""

import json
from collections.abc import Awaitable, Callable

from sealed.errors import SealedError
from sealed.hpke import DAMAGED

# Opens (private key as PKCS #8, public key, sealed, info): what was sealed. Raises SealedError.
Open = Callable[[bytes, bytes, bytes, bytes], Awaitable[bytes]]


async def surprises(open_: Open, text: str) -> list[str]:
    """Return a line for every case that does not end as it should: its plaintext, or the one error and its sentence."""
    document = json.loads(text)
    found = []
    for name, owner, sealed, info, plain in document["cases"]:
        private, public = document["keys"][owner]
        got = await _verdict(open_(*map(bytes.fromhex, (private, public, sealed, info))))
        expected = f"WrongKeyOrDamaged: {DAMAGED}" if plain is None else f"good: {plain}"
        if got != expected:
            found.append(f"{name}: {got}")
    return found


async def _verdict(opening: Awaitable[bytes]) -> str:
    try:
        return f"good: {(await opening).hex()}"
    except SealedError as error:
        return f"{type(error).__name__}: {error}"
    except Exception as error:
        return f"not ours: {type(error).__name__}"
