/**
 * Decryption by other libraries: in one call, keys at hand; OpenPGP.js as it comes, and as fast as it can be set.
 * make(size) seals as many zeros; decrypt(name) answers how many milliseconds opening them took.
 */

import * as age from "age-encryption";
import sodium from "libsodium-wrappers";
import * as openpgp from "openpgp";

async function withSodium(plain) {
  await sodium.ready;
  const [key, nonce] = [sodium.randombytes_buf(32), sodium.randombytes_buf(24)];
  const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plain, null, null, nonce, key);
  return () => sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, sealed, null, nonce, key);
}

async function withAge(plain) {
  const identity = await age.generateIdentity();
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(await age.identityToRecipient(identity));
  const sealed = await encrypter.encrypt(plain);
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(identity);
  return () => decrypter.decrypt(sealed, "uint8array");
}

async function withOpenPGP(plain, config, cipher) {
  const sessionKey = { data: crypto.getRandomValues(new Uint8Array(32)), algorithm: "aes256", ...cipher };
  const message = await openpgp.createMessage({ binary: plain });
  const binaryMessage = await openpgp.encrypt({ message, sessionKey, format: "binary", config });
  return async () => {
    const sealed = await openpgp.readMessage({ binaryMessage });
    return (await openpgp.decrypt({ message: sealed, sessionKeys: sessionKey, format: "binary" })).data;
  };
}

const ways = {};

window.make = async (size) => {
  const plain = new Uint8Array(size);
  ways["libsodium-wrappers"] = await withSodium(plain);
  ways["age-encryption"] = await withAge(plain);
  ways["openpgp"] = await withOpenPGP(plain, {}, {});
  ways["openpgp set to AES-GCM"] = await withOpenPGP(plain, { aeadProtect: true }, { aeadAlgorithm: "gcm" });
};

window.decrypt = async (name) => {
  const start = performance.now();
  const { length } = await ways[name]();
  return { milliseconds: performance.now() - start, length };
};
