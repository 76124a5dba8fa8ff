/**
 * Preloaded (`node --import`): whatever imports the sources of the product gets `dist/` instead, which is what a user of the
 * package has. `npm run build` makes it.
 */
import { registerHooks } from 'node:module'

const sources = new URL('../../src/', import.meta.url).href
const built = new URL('../../dist/', import.meta.url).href

registerHooks({
  resolve(specifier, context, resolveNext) {
    const resolved = resolveNext(specifier, context)
    if (!resolved.url.startsWith(sources)) return resolved
    return { ...resolved, url: built + resolved.url.slice(sources.length).replace(/\.ts$/, '.js'), format: 'module' }
  },
})
