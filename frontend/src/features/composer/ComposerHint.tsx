export function ComposerHint({ enterSends }: { enterSends: boolean }) {
  if (enterSends) return <span className="composer-hint"><kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> new line</span>;
  return <span className="composer-hint"><kbd>Shift</kbd> <kbd>Enter</kbd> sends, <kbd>Enter</kbd> new line</span>;
}
