interface Props {
  /** 0 to 1 */
  value: number;
  isEstimate: boolean;
  label: string;
}

/** Solid when the number is real, striped when it is our estimate. */
export function ProgressBar({ value, isEstimate, label }: Props) {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}
      aria-valuetext={isEstimate ? `about ${percent} %` : `${percent} %`} className={`progress ${isEstimate ? "estimate" : ""}`}
    >
      <i style={{ width: `${percent}%` }} />
    </div>
  );
}
