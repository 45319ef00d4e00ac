"""Who gets what answer: every route, for every identity and every kind of id. An auditor reads this file first.

How to read a line: route, who may call it at all (the view's own word: `public`, `signed_in`, or a pass's scope),
identities, and the answers for an id that is own | somebody else's | unknown | malformed. A route without an id has
one answer. Identities are explained in identities.py, groups below; `rest` is whoever is signed in, or has a pass that
holds. Where somebody stands in two lines of a route, the first one counts.

    ok        it is done
    nothing   200, and no word about the report
    -         404 not_available: byte for byte the same answer on every route of a role, for all identities, for all ids
    409-exists and the like: status and word of the refusal

Who is in no line: without a pass that holds, 401-bad_pass; not signed in, 401-sign_in; all others get `-`.
A malformed id with a slash in it leads to no route, and whoever asks is told so (404-not_found); unless its route
takes any path, or the id stands in the body.
"""

import re
from dataclasses import dataclass

TABLE = """
# route                                     | access       | who                             | own         | other's     | unknown     | malformed
# Portal. It knows people by their session; passes mean nothing here.
GET    /                                    | public       | all                             | ok
GET    /r/<path:report>                     | public       | all                             | ok          | ok          | ok          | ok
GET    /send                                | public       | all                             | ok
GET    /manifest.webmanifest                | public       | all                             | ok
GET    /sent                                | public       | all                             | ok
GET    /sent/<path:report>                  | public       | all                             | ok          | ok          | ok          | ok
GET    /organisation                        | public       | all                             | ok
GET    /audit                               | public       | all                             | ok
GET    /account                             | public       | all                             | ok
GET    /open                                | public       | all                             | ok
GET    /open/<path:report>                  | public       | all                             | ok          | ok          | ok          | ok
GET    /here                                | public       | all                             | ok
GET    /here/<path:handover>                | public       | all                             | ok
GET    /received                            | public       | all                             | ok
GET    /static/<path:file>                  | public       | all                             | ok
GET    /.well-known/jwks.json               | public       | all                             | ok
GET    /v1/health/live                      | public       | all                             | ok
GET    /v1/health/ready                     | public       | all                             | ok
GET    /api/account                         | public       | all                             | ok
POST   /api/codes                           | public       | all                             | ok
POST   /api/sessions                        | public       | all                             | 403-wrong_code
POST   /api/sessions/passkey/options        | public       | all                             | ok
POST   /api/sessions/passkey                | public       | all                             | 403-wrong_passkey
GET    /signed-in/<hospital>                | public       | all                             | ok
POST   /api/sessions/hospital/turn          | public       | all                             | 404-no_hospital
POST   /api/sessions/hospital               | public       | all                             | 403-not_signed_in
PUT    /api/account                         | signed_in    | senders auditor                 | 409-name_given
                                            |              | rest                            | ok
DELETE /api/sessions/current                | signed_in    | people                          | ok
GET    /api/passkeys                        | signed_in    | people                          | ok
POST   /api/passkeys/options                | signed_in    | people                          | ok
POST   /api/passkeys                        | signed_in    | people                          | 403-passkey_refused
PUT    /api/passkeys/<passkey>              | signed_in    | people                          | 404-no_passkey
DELETE /api/passkeys/<passkey>              | signed_in    | people                          | 404-no_passkey
GET    /api/account/contacts                | signed_in    | people                          | ok
POST   /api/account/codes                   | signed_in    | people                          | ok
POST   /api/account/contacts                | signed_in    | people                          | 403-wrong_code
PUT    /api/account/contacts/main           | signed_in    | people                          | 404-unknown_contact
POST   /api/account/contacts/removals       | signed_in    | people                          | 404-unknown_contact
GET    /api/account/hospitals               | signed_in    | people                          | ok
POST   /api/account/hospitals               | signed_in    | people                          | 404-unknown_hospital
POST   /api/account/hospitals/removals      | signed_in    | people                          | 404-unknown_hospital
GET    /api/account/sessions                | signed_in    | people                          | ok
DELETE /api/account/sessions                | signed_in    | people                          | ok
DELETE /api/account/sessions/others         | signed_in    | people                          | ok
DELETE /api/account/sessions/<name>         | signed_in    | people                          | 404-unknown_session
GET    /api/account/export                  | signed_in    | people                          | ok
POST   /api/account/erasure                 | signed_in    | bosses                          | 409-last_administrator
                                            |              | rest                            | ok
POST   /api/handovers                       | signed_in    | people                          | ok
GET    /api/handovers/<handover>            | signed_in    | people                          | 404-handover_over
PUT    /api/handovers/<handover>            | signed_in    | people                          | 404-handover_over
POST   /api/handovers/<handover>/taking     | signed_in    | people                          | 404-handover_over
GET    /api/received                        | signed_in    | people                          | ok
GET    /api/reports                         | signed_in    | people                          | ok
POST   /api/reports                         | signed_in    | senders administrator           | ok
                                            |              | rest                            | 403-may_not_send
GET    /api/reports/<report>                | signed_in    | named                           | ok          | nothing     | nothing     | nothing
                                            |              | rest                            | nothing     | nothing     | nothing     | nothing
DELETE /api/reports/<report>                | signed_in    | senders                         | ok          | -           | -           | -
GET    /api/reports/<report>/recipients     | signed_in    | senders                         | ok          | -           | -           | -
PUT    /api/reports/<report>/recipients     | signed_in    | senders                         | ok          | -           | -           | -
POST   /api/reports/<report>/notices        | signed_in    | senders                         | ok          | -           | -           | -
PUT    /api/reports/<report>/recovery       | signed_in    | other-sender                    | 409-recovery_key_changed | - | -        | -
                                            |              | senders                         | ok          | -           | -           | -
GET    /api/reports/<report>/recovery       | signed_in    | administrator                   | -           | ok          | -           | -

# Organisations. The administrator's is the auditor's and the first sender's; it invites the recipient, too. The other
# sender is an administrator as well, of another one.
GET    /api/organisation                    | signed_in    | people                          | ok
GET    /api/organisation/audit              | signed_in    | bosses auditor                  | ok
                                            |              | rest                            | 403-not_auditor
PUT    /api/organisation/recovery-key       | signed_in    | bosses                          | ok
                                            |              | rest                            | 403-not_administrator
PUT    /api/organisation/defaults           | signed_in    | bosses                          | ok
                                            |              | rest                            | 403-not_administrator
GET    /api/organisation/events             | signed_in    | bosses                          | ok
                                            |              | rest                            | 403-not_administrator
POST   /api/organisation/members            | signed_in    | bosses                          | ok
                                            |              | rest                            | 403-not_administrator
DELETE /api/organisation/members/<account>  | signed_in    | administrator                   | ok
                                            |              | other-sender                    | 404-unknown_person
                                            |              | rest                            | 403-not_administrator
PUT    /api/organisation/members/<account>/role | signed_in | administrator                  | ok
                                            |              | other-sender                    | 404-unknown_person
                                            |              | rest                            | 403-not_administrator
PUT    /api/organisation/members/<account>/disabled | signed_in | administrator              | ok
                                            |              | other-sender                    | 404-unknown_person
                                            |              | rest                            | 403-not_administrator
DELETE /api/organisation/members/<account>/disabled | signed_in | administrator              | ok
                                            |              | other-sender                    | 404-unknown_person
                                            |              | rest                            | 403-not_administrator
PUT    /api/organisation/invitations/<organisation> | signed_in | recipient revoked expired  | ok
                                            |              | rest                            | 404-no_invitation
DELETE /api/organisation/invitations/<organisation> | signed_in | recipient revoked expired  | ok
                                            |              | rest                            | 404-no_invitation

# Which passes the portal gives. Whoever asks to open gets one: the key server decides, and logs whom it refuses.
POST   /api/passes key:create               | signed_in    | senders                         | ok          | -           | -           | -
POST   /api/passes policy:write             | signed_in    | senders                         | ok          | -           | -           | -
POST   /api/passes log:read                 | signed_in    | senders                         | ok          | -           | -           | -
POST   /api/passes blob:put                 | signed_in    | senders                         | ok          | -           | -           | -
POST   /api/passes blob:delete              | signed_in    | senders                         | ok          | -           | -           | -
POST   /api/passes key:release              | signed_in    | people                          | ok          | ok          | ok          | -
POST   /api/passes events:read              | signed_in    | people                          | 400-bad_request | 400-bad_request | 400-bad_request | 400-bad_request
POST   /api/passes blob:get                 | signed_in    | administrator                   | -           | ok          | -           | -
                                            |              | named claimed latecomer         | ok          | -           | -           | -
POST   /api/passes key:recover              | signed_in    | administrator                   | -           | ok          | -           | -
POST   /api/passes log:audit                | signed_in    | people                          | -           | -           | -           | -

# Key server, by passes that the portal would not give: signed by the right issuer, whatever the scope.
# A pass makes a key; so who has one to make a key learns that there is one with this id (409-exists), and no more.
POST   /v1/keys/<report>                    | key:create   | withdrew                        | 403-revoked | 409-exists  | ok          | -
                                            |              | owners                          | ok          | 409-exists  | ok          | -
                                            |              | rest                            | 409-exists  | 409-exists  | ok          | -
PUT    /v1/keys/<report>/file               | key:create   | owners                          | ok          | -           | -           | -
POST   /v1/keys/<report>/release            | key:release  | recipients claimed other-issuer | ok          | -           | -           | -
                                            |              | latecomer                       | 403-claimed | -           | -           | -
                                            |              | revoked                         | 403-revoked | -           | -           | -
                                            |              | expired                         | 403-expired | -           | -           | -
POST   /v1/keys/<report>/recover            | key:recover  | withdrew                        | 403-revoked | -           | -           | -
                                            |              | senders                         | ok          | -           | -           | -
                                            |              | administrator auditor           | -           | ok          | -           | -
POST   /v1/keys/<report>/sign-ins           | key:release  | passes                          | 409-no_need | 409-no_need | 409-no_need | -
POST   /v1/keys/<report>/sign-ins/redeem    | key:release  | passes                          | 409-no_need | 409-no_need | 409-no_need | -
POST   /v1/keys/<report>/acknowledgements   | key:release  | named claimed other-issuer      | ok          | -           | -           | -
POST   /v1/keys/<report>/requests           | key:release  | recipients claimed other-issuer | 409-no_need | -           | -           | -
                                            |              | latecomer                       | ok          | -           | -           | -
                                            |              | revoked                         | 403-revoked | -           | -           | -
                                            |              | expired                         | 403-expired | -           | -           | -
GET    /v1/keys/<report>/requests           | log:read     | owners                          | ok          | -           | -           | -
POST   /v1/keys/<report>/consents           | policy:write | withdrew                        | 409-revoked | -           | -           | -
                                            |              | overdue                         | 409-expired | -           | -           | -
                                            |              | owners                          | ok          | -           | -           | -
GET    /v1/keys/<report>/policy             | log:read     | owners                          | ok          | -           | -           | -
PUT    /v1/keys/<report>/policy             | policy:write | withdrew                        | 409-revoked | -           | -           | -
                                            |              | owners                          | ok          | -           | -           | -
POST   /v1/keys/<report>/revoke             | policy:write | owners                          | ok          | -           | -           | -
DELETE /v1/keys/<report>                    | policy:write | owners                          | ok          | -           | -           | -
GET    /v1/keys/<report>/log                | log:read     | owners                          | ok          | -           | -           | -
GET    /v1/keys/<report>/log/<int:number>   | log:read     | owners                          | ok          | -           | -           | -
GET    /v1/organisations/<organisation>/log | log:audit    | passes                          | ok
GET    /v1/events                           | events:read  | passes                          | ok
PUT    /v1/accounts/<account>/keys          | accounts:write | passes                        | ok
PUT    /v1/accounts/<account>/erasure       | accounts:write | passes                        | ok
GET    /v1/log/checkpoint                   | public       | all                             | ok

# File host, by such passes too. It knows no recipients: its portal's `blob:get` is all that it asks for ciphertext.
# Own, and somebody else's: for the routes that end in /upload, those that are half up. Of HEAD's refusals the status.
POST   /v1/blobs/<report>                   | blob:put     | passes                          | 409-exists  | 409-exists  | ok          | -
OPTIONS /v1/blobs/<report>                  | public       | all                             | ok          | ok          | ok          | ok
HEAD   /v1/blobs/<report>/upload            | blob:put     | owners                          | ok          | -           | -           | -
PATCH  /v1/blobs/<report>/upload            | blob:put     | owners                          | ok          | -           | -           | -
DELETE /v1/blobs/<report>/upload            | blob:put     | owners                          | ok          | -           | -           | -
DELETE /v1/blobs/<report>                   | blob:delete  | owners                          | ok          | -           | -           | -
GET    /v1/blobs/<report>                   | blob:get     | people                          | ok          | ok          | -           | -
                                            |              | other-issuer                    | ok          | -           | -           | -
PUT    /v1/accounts/<account>/blobs         | accounts:write | passes                        | ok
PUT    /v1/accounts/<account>/blobs/erasure | accounts:write | passes                        | ok
GET    /v1/openapi.json                     | public       | all                             | ok
POST   /v1/witness/add-checkpoint           | by_servers   | all                             | ok
GET    /v1/witness/<origin_hash>/checkpoint | public       | all                             | ok
"""  # noqa: E501 - a table

GROUPS = {
    "recipients": "recipient other-recipient",
    "named": "recipients revoked expired",
    "senders": "sender other-sender withdrew overdue",
    "owners": "senders other-issuer",
    "bosses": "administrator other-sender",
    "people": "named claimed latecomer senders administrator auditor",
    "passes": "people other-issuer",
    "all": "passes anonymous unlisted-issuer",
}
MALFORMED = ("lower case", "short", "with a slash", "with an accent", "very long")
IDS = ("own", "other's", "unknown", *MALFORMED)
TRY_ALL_FORMS = "anonymous recipient sender administrator other-issuer"  # the others try the first form only
TELLING = {
    "POST /v1/keys/<report>": "makes a key once; the portal lets only the sender ask",
    "POST /v1/blobs/<report>": "keeps a file once; the portal lets only the sender ask",
    "GET /api/reports/<report>/recovery": "is for administrators of the organisation that the report is of",
    "POST /api/passes blob:get": "likewise: they fetch what they recover",
    "POST /api/passes key:recover": "likewise",
    "POST /v1/keys/<report>/recover": "likewise, by passes that name the organisation",
    "GET /v1/blobs/<report>": "gives out ciphertext; the portal lets only those ask whom the report is for",
}
"""Routes that answer another way for somebody else's id than for an unknown one, and why they may."""


@dataclass(frozen=True)
class Route:
    """A route of `url_map`; for /api/passes with the scope that is asked for. `access` is the view's own word."""

    method: str
    rule: str
    access: str
    scope: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.rule} {self.scope}".rstrip()

    @property
    def by_pass(self) -> bool:
        """Tell whether the route is entered by pass, not by session."""
        return ":" in self.access

    @property
    def has_id(self) -> bool:
        """Tell whether an id stands in the address, or in the body of who asks for a pass."""
        return "report>" in self.rule or bool(self.scope)


@dataclass(frozen=True)
class Cell:
    """One question, and the table's answer. `kind` is one of IDS, empty where the route has no id."""

    route: Route
    who: str
    kind: str
    answer: str

    @property
    def is_refusal(self) -> bool:
        return self.answer == "-" or self.answer[0] == "4"

    def __str__(self) -> str:
        return " | ".join(filter(None, (str(self.route), self.who, self.kind)))


def members(groups: str) -> tuple[str, ...]:
    """Return the identities of some groups, each once."""
    found = (members(GROUPS[name]) if name in GROUPS else (name,) for name in groups.split())
    return tuple(dict.fromkeys(one for names in found for one in names))


def read(table: str, without_own: frozenset[str]) -> list[Cell]:
    """Return every cell; identities in `without_own` have no report, and no cell for one."""
    answers: dict[Route, dict[str, list[str]]] = {}
    route = None
    for line in table.splitlines():
        if not line or line.startswith("#"):
            continue
        name, access, who, *said = re.split(r"\s*\|\s*", line.strip() if line[0] != " " else line)
        route = Route(*name.split()[:2], access, *name.split()[2:]) if name.strip() else route
        assert route and len(said) == (4 if route.has_id else 1), line
        lines = answers.setdefault(route, {})
        for one in members("passes" if who == "rest" and route.by_pass else "people" if who == "rest" else who):
            lines.setdefault(one, said)
    return [cell for route in answers for cell in _cells(route, answers[route], without_own)]


def _cells(route: Route, said: dict[str, list[str]], without_own: frozenset[str]) -> list[Cell]:
    cells = []
    for who in members("all"):
        answers = said.get(who, [_not_named(route, who)] * 4)
        for kind in IDS if route.has_id else ("",):
            if (kind == "own" and who in without_own) or (kind in MALFORMED[1:] and who not in members(TRY_ALL_FORMS)):
                continue
            answer = answers[min(IDS.index(kind), 3) if kind else 0]
            astray = kind == "with a slash" and "<report>" in route.rule
            cells.append(Cell(route, who, kind, "404-not_found" if astray else answer))
    return cells


def _not_named(route: Route, who: str) -> str:
    if route.by_pass:
        return "-" if who in members("passes") else "401-bad_pass"
    return "-" if who in members("people") else "401-sign_in"
