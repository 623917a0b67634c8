// The search over batches; what is sought stands in the address.
import { place, setQuery } from '../../router';

export function SearchBatches() {
  return (
    <input
      type="search"
      class="search"
      aria-label="Search batches"
      placeholder="Search name or symbol"
      value={place.value.query.get('search') ?? ''}
      onInput={event => setQuery({ search: event.currentTarget.value })}
    />
  );
}
