// What wants a look, of the system and of the batches.
import type { Schema } from '../../api/client';
import { count, percent } from '../../format';
import { Icon } from '../../ui/icons';
import { counts } from '../issues/counts';
import { attentionOf } from './attention';

export function Attention({ batches }: { batches: readonly Schema<'Batch'>[] }) {
  const items = attentionOf(counts.value, batches, { count, percent });
  return (
    <section class="card attention" aria-label="Needs attention">
      <header>
        <h2>Needs attention</h2>
      </header>
      {items.length === 0 ? (
        <p class="all-well">
          <Icon name="check" size={16} /> Nothing needs your attention.
        </p>
      ) : (
        <ul>
          {items.map(({ href, text, isBad }) => (
            <li key={href + text}>
              <span class={`pill ${isBad ? 'bad' : 'warn'}`} aria-hidden="true">
                !
              </span>{' '}
              <a href={href}>{text}</a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
