/** An id that nobody else makes. `crypto.randomUUID` needs https or localhost, plain http in a local network has neither. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
