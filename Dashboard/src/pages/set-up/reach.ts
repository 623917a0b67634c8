/** Why TradingView cannot reach an address; empty where it can, as far as an address shows it. Pure. */
export function whyNotReached(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return 'This is not a URL.';
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isInside =
    host === 'localhost' || host === '::1' || !/[.:]/.test(host) || /\.(local|internal|lan)$/.test(host) || /^(127|10)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\./.test(host);
  if (isInside) return `TradingView cannot reach ${host}: it is an address within this machine or network. Put a reverse proxy with a public name and a certificate in front of the webhook.`;
  // The URL class leaves out the port that goes with the scheme.
  if (url.port && url.port !== '80' && url.port !== '443') return `TradingView can only call ports 80 and 443, not ${url.port}.`;
  if (url.protocol === 'http:') return 'Without TLS anyone on the way can read the token and send alerts. Use https.';
  return '';
}
