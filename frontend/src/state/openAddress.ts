/** Goes to an address of this page as a link would, without loading it again. */
export function openAddress(path: string): void {
  history.pushState(null, "", path);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

export const roomAddress = (slug: string): string => `/rooms/${encodeURIComponent(slug)}`;
