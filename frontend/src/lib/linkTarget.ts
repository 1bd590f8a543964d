import { unseen } from "./unseen";

const LONGEST = 2_000; // characters of a text in which an address is looked for
const HOST = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?[.。])+\p{L}{2,}|\[[0-9a-f:]+\]|(?:\d{1,3}\.){3}\d{1,3}/giu;

function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

const bare = (host: string): string => host.toLowerCase().replace(/^www\./, "");

/** Hosts that a text names, as they stand in an address. */
function hostsIn(text: string): string[] {
  const read = unseen.remove(text.normalize("NFKC")).replace(/\s+/g, " ").slice(0, LONGEST);
  return (read.match(HOST) ?? []).map((host) => bare(parse(`https://${host}`)?.host ?? host));
}

/**
 * Where a link leads, if its text does not say so honestly: it names another address, the address has a user name in it
 * (https://bank.example@evil.example), or letters that look like others. Otherwise null.
 */
export function hiddenTarget(href: string, text: string): string | null {
  const url = parse(href);
  if (!url) return null;
  if (url.protocol === "mailto:") {
    const address = decodeSafely(url.pathname);
    return /@/.test(text) && !unseen.remove(text).toLowerCase().includes(address.toLowerCase()) ? address : null;
  }
  const isDisguised = url.username !== "" || url.password !== "" || url.hostname.includes("xn--");
  const named = hostsIn(text);
  const isOther = named.some((host) => host !== bare(url.host) && host !== bare(url.hostname));
  return isDisguised || isOther || unseen.inCode(text) !== text ? url.host : null;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
