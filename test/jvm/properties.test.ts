import { expect, test } from 'vitest'
import { parseProperties } from '../../harness/jvm/properties.js'

test('properties are read with their escapes', () => {
  expect(
    Object.fromEntries(
      parseProperties(
        '#Sun Nov 22\njava.class.path=/a\\:/b c\nline.separator=\\n\nu=\\u00e9\nempty=\nodd\\=key=1\n',
      ),
    ),
  ).toEqual({ 'java.class.path': '/a:/b c', 'line.separator': '\n', u: 'é', empty: '', 'odd=key': '1' })
})
