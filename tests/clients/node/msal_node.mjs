// MSAL for Node, unmodified, going through one grant after the other.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

import { ConfidentialClientApplication, CryptoProvider, PublicClientApplication } from "@azure/msal-node";

import { end, hear, say } from "./conversation.mjs";

/** A public client, or a confidential one when there is something to prove it with. */
function application(task) {
  const auth = { clientId: task.clientId, authority: task.authority };
  if (task.knownAuthority !== false) auth.knownAuthorities = [new URL(task.authority).host];
  if (task.clientSecret) auth.clientSecret = task.clientSecret;
  if (task.certificate) {
    const pem = readFileSync(task.certificate, "ascii");
    const certificate = new X509Certificate(pem);
    const hex = (fingerprint) => fingerprint.replaceAll(":", "");
    const [privateKey] = pem.match(/-----BEGIN PRIVATE KEY-----[^]*-----END PRIVATE KEY-----\n?/);
    // The older form is RS256 with `x5t`.
    auth.clientCertificate = task.sha1
      ? { thumbprint: hex(certificate.fingerprint), privateKey }
      : { thumbprintSha256: hex(certificate.fingerprint256), privateKey };
  }
  const confidential = task.clientSecret || task.certificate;
  return confidential ? new ConfidentialClientApplication({ auth }) : new PublicClientApplication({ auth });
}

async function authCode(app, { scopes, redirectUri }) {
  const { challenge, verifier } = await new CryptoProvider().generatePkceCodes();
  const state = new CryptoProvider().createNewGuid();
  const request = { scopes, redirectUri, state };
  const visit = await app.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: "S256" });
  say({ visit });
  const { callback } = await hear();
  return app.acquireTokenByCode({ ...request, code: callback.code, codeVerifier: verifier }, { ...callback, state });
}

// The library listens on a port of its own and starts "the browser", which here is whoever reads our lines.
const interactive = (app, { scopes }) =>
  app.acquireTokenInteractive({ scopes, openBrowser: async (visit) => say({ visit, listens: true }) });

async function deviceCode(app, { scopes }) {
  const deviceCodeCallback = ({ verificationUri, userCode, message }) =>
    say({ device: { address: verificationUri, code: userCode, message } });
  const [result] = await Promise.all([app.acquireTokenByDeviceCode({ scopes, deviceCodeCallback }), hear()]);
  return result;
}

const clientCredentials = (app, { scopes }) => app.acquireTokenByClientCredential({ scopes, skipCache: true });

const onBehalfOf = (app, { scopes, assertion }) => app.acquireTokenOnBehalfOf({ scopes, oboAssertion: assertion });

/** A new access token by the refresh token that the library keeps. */
async function silent(app, { scopes }) {
  const [account] = await app.getTokenCache().getAllAccounts();
  return app.acquireTokenSilent({ scopes, account, forceRefresh: true });
}

const grants = {
  auth_code: authCode,
  interactive,
  device_code: deviceCode,
  client_credentials: clientCredentials,
  on_behalf_of: onBehalfOf,
  silent,
};

const task = await hear();
const app = application(task);
for (const grant of task.grants) {
  try {
    const { accessToken, idTokenClaims, account, scopes, fromCache } = await grants[grant](app, task);
    say({
      result: { access_token: accessToken, id_token_claims: idTokenClaims, scopes, fromCache },
      accounts: account ? [account.username] : [],
    });
  } catch ({ errorCode, errorMessage, subError, name, message }) {
    say({ result: { error: errorCode ?? name, error_description: errorMessage || message, suberror: subError } });
  }
}
end();
