"""The settings of a key server's own sign-in."""

from pathlib import Path

import pytest

from tests.config.test_roles import KEYS
from tests.config.test_settings import GOOD
from viewer.config import Settings, SettingsError

SIGN_IN = {
    "SAFELIGHT_KEYSERVER_SIGN_IN": "https://login.example.org/Tenant-7/v2.0",
    "SAFELIGHT_KEYSERVER_SIGN_IN_CLIENT": "safelight",
    "SAFELIGHT_KEYSERVER_SIGN_IN_NAME": "St Elsewhere",
}


def test_an_own_sign_in_is_whole_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    found = Settings.from_environment(GOOD | SIGN_IN).keyserver_sign_in
    assert found and (found.issuer, found.client, found.secret) == (*list(SIGN_IN.values())[:2], "")
    with_secret = SIGN_IN | {"SAFELIGHT_KEYSERVER_SIGN_IN_SECRET_FILE": str(tmp_path / "secret")}
    secret = Settings.from_environment(GOOD | with_secret).keyserver_sign_in
    assert secret and secret.secret == "hush" and "hush" not in repr(secret)
    assert Settings.from_environment(GOOD).keyserver_sign_in is None
    others = GOOD | SIGN_IN | {"SAFELIGHT_ROLES": "portal,filehost", "SAFELIGHT_KEYSERVERS": KEYS}
    assert Settings.from_environment(others).keyserver_sign_in is None
    for missing in SIGN_IN:
        with pytest.raises(SettingsError, match=f"{missing} is missing"):
            Settings.from_environment(GOOD | {name: value for name, value in SIGN_IN.items() if name != missing})
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(GOOD | {"SAFELIGHT_KEYSERVER_SIGN_IN_SECRET": "hush"})
    assert len(str(refused.value).splitlines()) == 3 and "hush" not in str(refused.value)


@pytest.mark.parametrize(
    "issuer", ["http://login.example.org", "login.example.org", "https://a.example/?x", "https://"]
)
def test_a_provider_is_an_address(issuer: str) -> None:
    with pytest.raises(SettingsError, match="SAFELIGHT_KEYSERVER_SIGN_IN must be"):
        Settings.from_environment(GOOD | SIGN_IN | {"SAFELIGHT_KEYSERVER_SIGN_IN": issuer})
