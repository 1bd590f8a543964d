interface Props {
  /** At least one; the highest fills the height. */
  values: readonly number[];
  /** Those that are drawn as an outline, because they were of another kind. */
  isHollow?: (index: number) => boolean;
  look?: "warming" | "accent";
  /** What is to be seen, in words. */
  label: string;
}

const [BAR, GAP, HEIGHT] = [8, 3, 26];

/** A few figures as bars, the newest at the right and marked; the figures stand beside it in words. */
export function Bars({ values, isHollow = () => false, look = "accent", label }: Props) {
  const most = Math.max(...values, Number.MIN_VALUE);
  return (
    <svg className={`bars ${look}`} role="img" aria-label={label} width={values.length * (BAR + GAP) - GAP} height={HEIGHT} viewBox={`0 0 ${values.length * (BAR + GAP) - GAP} ${HEIGHT}`}>
      {values.map((value, index) => {
        const height = Math.max(2, (value / most) * (HEIGHT - 1));
        const hollow = isHollow(index);
        return <rect key={index} className={hollow ? "hollow" : ""} data-last={index === values.length - 1 || undefined} x={index * (BAR + GAP) + 0.5} y={HEIGHT - height + 0.5} width={BAR - 1} height={height - 1} rx={1.5} />;
      })}
    </svg>
  );
}
