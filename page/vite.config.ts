import { defineConfig } from 'vite'

/** One script and one style sheet with fixed names, which `reports/html` puts into each page that it writes. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
    emptyOutDir: true,
    rolldownOptions: {
      input: `${import.meta.dirname}/main.tsx`,
      output: { entryFileNames: 'page.js', assetFileNames: 'page[extname]', codeSplitting: false },
    },
  },
  logLevel: 'warn',
})
