// What is shown in place of data: not yet, nothing, or a problem.
import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/client';
import type { Read } from '../api/resource';
import { Icon, type IconName } from './icons';

/** As tall as what will come, so that nothing jumps when it does. */
export function Skeleton({ height, width }: { height: number; width?: number }) {
  return <div class="skeleton" style={{ height: `${height}px`, width: width === undefined ? '100%' : `${width}px` }} aria-hidden="true" />;
}

/** Before the first answer, and beside a failed one. While the server is away the banner of the shell says so, once. */
export function ReadState({ read, height }: { read: Pick<Read<unknown>, 'data' | 'problem' | 'reload'>; height: number }) {
  const { data, problem, reload } = read;
  if (problem && !problem.isUnreachable) return <ProblemNote problem={problem} onRetry={reload} />;
  return data === undefined ? <Skeleton height={height} /> : null;
}

/** Nothing is there; says what to do next. */
export function Empty({ icon = 'info', title, children }: { icon?: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={26} />
      </span>
      <p class="empty-title">{title}</p>
      {children && <div class="empty-text">{children}</div>}
    </div>
  );
}

/** What happened and what to do, in the API's words. fields: those whose messages are shown beside their inputs. */
export function ProblemNote({ problem, fields = [], onRetry }: { problem: Problem; fields?: readonly string[]; onRetry?: () => void }) {
  const beside = problem.beside(fields);
  return (
    <div class="problem" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{problem.title}</strong> <span>{problem.detail}</span>
        {beside.length > 0 && (
          <ul>
            {beside.map(message => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        )}
      </div>
      {onRetry && (
        <button type="button" class="button small" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
