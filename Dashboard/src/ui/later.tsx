// A view in a script of its own, loaded when it is first shown: nobody waits for what he does not look at.
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Skeleton } from './states';

/**
 * The component, with a skeleton in its place until it is there. isDeferred: only once its place comes into view, for what is far down a page and asks
 * the API for much.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, height: number, isDeferred = false): ComponentType<Props> {
  let known: ComponentType<Props> | undefined;
  return function Later(props: Props) {
    const [Content, setContent] = useState<ComponentType<Props> | undefined>(() => known);
    const [isLost, setLost] = useState(false);
    const [isWanted, setWanted] = useState(!isDeferred);
    const element = useRef<HTMLDivElement>(null);
    const fetch = () => {
      setLost(false);
      setWanted(true);
      load().then(
        loaded => setContent(() => (known = loaded)),
        () => setLost(true),
      );
    };
    useEffect(() => {
      if (Content) return undefined;
      if (!isDeferred) {
        fetch();
        return undefined;
      }
      const observer = new IntersectionObserver(
        seen => {
          if (!seen.some(one => one.isIntersecting)) return;
          observer.disconnect();
          fetch();
        },
        { rootMargin: '300px' },
      );
      observer.observe(element.current!);
      // Paper shows all of a page at once.
      window.addEventListener('beforeprint', fetch);
      return () => {
        observer.disconnect();
        window.removeEventListener('beforeprint', fetch);
      };
    }, []);
    if (Content) return <Content {...props} />;
    return (
      <div ref={element} class="card">
        {isLost ? (
          <button type="button" class="button small" onClick={fetch}>
            This part could not be loaded. Try again
          </button>
        ) : isWanted ? (
          <Skeleton height={height} />
        ) : (
          <div style={{ height: `${height}px` }} />
        )}
      </div>
    );
  };
}
