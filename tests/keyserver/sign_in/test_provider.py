"""Whatever comes back from the provider that is no answer to our question signs nobody in."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.inprocess import Bearer
from tests.keyserver.sign_in.turns import begin, come_back, go, leads_to
from tests.oidc.lies import ANSWERS, LIES
from tests.oidc.lying import Provider
from viewer import oidc


def turn(own: FlaskClient, provider: Provider, bearer: Bearer) -> dict[str, str]:
    """Go to the provider and sign in; return what it sends back."""
    return provider.authorize(go(own, begin(own, bearer)))


@pytest.mark.parametrize("lie", LIES)
def test_lies_are_refused(own: FlaskClient, provider: Provider, reader: Bearer, lie: str) -> None:
    answer = turn(own, provider, reader)
    LIES[lie](provider)
    refused = come_back(own, answer)
    assert (refused.status_code, "You are not signed in" in refused.text) == (400, True)
    assert come_back(own, answer).status_code == 410, "the browser has to begin again"


def test_control_the_truth_signs_in(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    provider.claims = {"aud": ["safelight"], "azp": "safelight"}
    assert "#signed-in=" in leads_to(come_back(own, turn(own, provider, reader)))


@pytest.mark.parametrize("lie", ["unsigned", "signed by our own secret"])
def test_control_without_the_list_of_algorithms_these_would_be_looked_at(
    own: FlaskClient, provider: Provider, reader: Bearer, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list stands before the signature: without it, it is the kind of key alone that refuses them."""
    answer, asked = turn(own, provider, reader), []
    monkeypatch.setattr(oidc, "ALGORITHMS", ("ES256", "HS256", "none"))
    monkeypatch.setattr(oidc.jwt, "decode", lambda *of, **more: asked.append(more["algorithms"]))
    LIES[lie](provider)
    assert come_back(own, answer).status_code == 400 and asked == [[provider.alg]]


def test_control_a_client_that_compares_nothing_is_found(
    own: FlaskClient, provider: Provider, reader: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = turn(own, provider, reader)
    provider.claims = {"nonce": "n"}
    monkeypatch.setattr(oidc.hmac, "compare_digest", lambda *of: True)
    assert "#signed-in=" in leads_to(come_back(own, answer | {"state": "another"}))


@pytest.mark.parametrize("wrong", ANSWERS)
def test_another_answer_is_refused(own: FlaskClient, provider: Provider, reader: Bearer, wrong: str) -> None:
    answer = turn(own, provider, reader) | ANSWERS[wrong]
    refused = come_back(own, {name: one for name, one in answer.items() if one is not None})
    assert refused.status_code == 400 and "#signed-in=" not in refused.text


@pytest.mark.parametrize(("says", "status"), [(True, 400), (False, 200)])
def test_a_provider_that_names_itself_must(
    own: FlaskClient, provider: Provider, reader: Bearer, says: bool, status: int
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": says}
    answer = turn(own, provider, reader)
    del answer["iss"]
    assert come_back(own, answer).status_code == status


def test_a_code_belongs_to_the_turn_that_asked_for_it(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    """PKCE: a code of the same provider for the same client, brought into another turn."""
    first, second = turn(own, provider, reader), turn(own, provider, reader)
    assert come_back(own, second | {"code": first["code"]}).status_code == 400
    third = turn(own, provider, reader)
    assert come_back(own, third).status_code == 200, "control"


@pytest.mark.parametrize("path", ["/token", "/userinfo", "/keys"])
@pytest.mark.parametrize("status", [500, 302])
def test_no_redirect_is_followed_and_what_is_down_is_said(
    own: FlaskClient, provider: Provider, reader: Bearer, path: str, status: int
) -> None:
    answer = turn(own, provider, reader)
    provider.status[path] = status
    refused = come_back(own, answer)
    assert refused.status_code in ((503,) if status == 500 else (400, 503)) and "#signed-in=" not in refused.text
    assert path in provider.asked and "/elsewhere" not in provider.asked
    if status == 500:
        assert "Try again" in refused.text and refused.headers["Retry-After"]


WRONG_METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://evil.example"},
    "no endpoint": {"token_endpoint": None},
    "an endpoint without TLS": {"token_endpoint": "ftp://evil.example"},
}


@pytest.mark.parametrize("wrong", WRONG_METADATA)
def test_another_providers_word_is_not_taken(own: FlaskClient, provider: Provider, reader: Bearer, wrong: str) -> None:
    provider.metadata = WRONG_METADATA[wrong]
    page = own.post(begin(own, reader), headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code == 503 and "Set-Cookie" not in page.headers


def test_it_is_asked_once_for_what_it_says_of_itself(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    for _ in range(3):
        assert come_back(own, turn(own, provider, reader)).status_code == 200
    assert provider.asked.count("/.well-known/openid-configuration") == provider.asked.count("/keys") == 1


def test_it_may_be_down_after_that(own: FlaskClient, provider: Provider, reader: Bearer) -> None:
    assert turn(own, provider, reader)
    provider.status["/.well-known/openid-configuration"] = 500
    assert turn(own, provider, reader)
