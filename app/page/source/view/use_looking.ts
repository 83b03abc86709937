/** What of an answer's sources the reader looks at: a chip, its passage. */

import { useMemo, useRef, useState } from 'preact/hooks';

export interface Looking {
  /** Whose sources are shown; null: those of the last answer. */
  turnId: string | null;
  /** Which citation's statement and quote are marked. */
  citation: number | null;
  /** Which passage was asked for, where no citation was. */
  passage: number | null;
}

const NOWHERE: Looking = { turnId: null, citation: null, passage: null };

export interface LookingActions {
  citation: (turnId: string, citation: number, chip: HTMLElement) => void;
  passage: (turnId: string, passage: number | null) => void;
  away: () => void;
  /** The focus goes to the passage that is looked at. */
  enter: () => void;
  /** And back to where it came from. */
  back: () => void;
}

export function useLooking(): [Looking, LookingActions] {
  const [looking, setLooking] = useState(NOWHERE);
  const from = useRef<HTMLElement | null>(null);
  const actions = useMemo<LookingActions>(
    () => ({
      citation: (turnId, citation, chip) => {
        from.current = chip;
        setLooking((old) =>
          old.turnId === turnId && old.citation === citation ? old : { turnId, citation, passage: null },
        );
      },
      passage: (turnId, passage) => {
        const focused = document.activeElement;
        from.current = focused instanceof HTMLElement ? focused : null;
        setLooking({ turnId, citation: null, passage });
      },
      away: () => setLooking(NOWHERE),
      enter: () =>
        // Once what is looked at is drawn.
        requestAnimationFrame(() => document.querySelector<HTMLElement>('.passage.active')?.focus()),
      back: () => {
        if (from.current?.isConnected) from.current.focus();
      },
    }),
    [],
  );
  return [looking, actions];
}
