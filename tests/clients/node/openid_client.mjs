// openid-client, unmodified and knowing nothing of Entra: discovery, authorization code with PKCE, userinfo, refresh.

import * as client from "openid-client";

import { end, hear, say } from "./conversation.mjs";

const task = await hear();
const authentication = task.clientSecret ? client.ClientSecretPost(task.clientSecret) : client.None();
const config = await client.discovery(new URL(`${task.authority}/v2.0`), task.clientId, undefined, authentication);
say({ issuer: config.serverMetadata().issuer });

async function authCode() {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const visit = client.buildAuthorizationUrl(config, {
    redirect_uri: task.redirectUri,
    scope: task.scopes.join(" "),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  say({ visit: visit.href });
  const { address } = await hear();
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  return client.authorizationCodeGrant(config, new URL(address), { ...checks, idTokenExpected: true });
}

let tokens;
const grants = {
  auth_code: async () => (tokens = await authCode()),
  // Entra's userinfo has the same pairwise subject as the ID token.
  userinfo: () => client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub),
  silent: async () => (tokens = await client.refreshTokenGrant(config, tokens.refresh_token)),
  client_credentials: () => client.clientCredentialsGrant(config, { scope: task.scopes.join(" ") }),
  device_code: async () => {
    const device = await client.initiateDeviceAuthorization(config, { scope: task.scopes.join(" ") });
    say({ device: { address: device.verification_uri, code: device.user_code, message: device.message } });
    await hear();
    return (tokens = await client.pollDeviceAuthorizationGrant(config, device));
  },
};

for (const grant of task.grants) {
  try {
    const result = await grants[grant]();
    say({ result: { ...result, id_token_claims: result.claims?.() } });
  } catch (error) {
    const { name, message, cause } = error;
    say({ result: { error: error.error ?? name, error_description: error.error_description ?? message, cause } });
  }
}
end();
