// An institution's OpenID provider: who types an e-mail address and any password is that person. Arguments: its port,
// the client's id, secret (empty: a public client) and address to come back to. Prints a line once it listens.
import Provider from "oidc-provider";

const [port, client_id, client_secret, back] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id,
    ...(client_secret ? { client_secret } : {}),
    token_endpoint_auth_method: client_secret ? "client_secret_basic" : "none",
    redirect_uris: [back],
  }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], phone: ["phone_number", "phone_number_verified"],
    profile: ["name"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: !id.startsWith("unverified"),
      name: `Dr ${id.split("@")[0]}` }),
  }),
  pkce: { required: () => true },
  cookies: { keys: ["only in tests"] },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
