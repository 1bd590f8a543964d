import drawing from "@/ui/favicon.svg?raw";

export type Badge = { kind: "mentions"; count: number } | { kind: "unread" } | null;

/** The favicon with what waits: a number for mentions, a dot for anything else; null is the plain one. */
export function faviconWith(badge: Badge): string {
  if (!badge) return address(drawing);
  const mark = badge.kind === "unread"
    ? '<circle cx="17.4" cy="4.6" r="4.1" fill="#2f8a66" stroke="#fff" stroke-width="1"/>'
    : `<rect x="${badge.count > 9 ? 6 : 9.5}" y="0" width="${badge.count > 9 ? 16 : 12.5}" height="12.5" rx="6.2" fill="#c8372d"/><text x="${badge.count > 9 ? 14 : 15.75}" y="9.9" font-family="sans-serif" font-size="10.5" font-weight="bold" fill="#fff" text-anchor="middle">${badge.count > 9 ? "9+" : badge.count}</text>`;
  return address(drawing.replace("</svg>", `${mark}</svg>`));
}

const address = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg.trim())}`;
