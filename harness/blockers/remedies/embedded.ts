import type { RemedyRule } from './rule.js'

/** A database or an index whose files are the app's own. */
interface Embedded {
  name: string
  classes: string[]
  /** What closes its files. */
  close: string
  source: string
  proof: string
}

const all: Embedded[] = [
  {
    name: 'H2',
    classes: ['org.h2.'],
    close:
      'close its last connection (a pool must be closed, too), or execute SHUTDOWN where DB_CLOSE_DELAY keeps it open: ' +
      'that setting stays in the database. H2 opens its file as a FileChannel, which policy `reopen` can not reopen',
    source: 'https://h2database.com/html/features.html#closing_a_database',
    proof: 'H2File',
  },
  {
    name: 'Derby',
    classes: ['org.apache.derby.'],
    close:
      'connect to jdbc:derby:;shutdown=true;deregister=false, whose SQLException with state XJ015 says that it is done',
    source: 'https://db.apache.org/derby/docs/10.16/devguide/tdevdvlp20349.html',
    proof: 'Derby',
  },
  {
    name: 'HSQLDB',
    classes: ['org.hsqldb.'],
    close: 'execute SHUTDOWN: closing connections does not close the database',
    source: 'https://hsqldb.org/doc/2.0/guide/running-chapt.html',
    proof: 'Hsqldb',
  },
  {
    name: 'SQLite',
    classes: ['org.sqlite.'],
    close: 'close every connection to it (a pool must be closed, too)',
    source: 'https://github.com/xerial/sqlite-jdbc',
    proof: 'Sqlite',
  },
  {
    name: 'Lucene',
    classes: ['org.apache.lucene.'],
    close: 'close its IndexReader, its IndexWriter, which holds a lock as well, and its Directory',
    source: 'https://lucene.apache.org/core/9_12_3/core/org/apache/lucene/index/IndexWriter.html',
    proof: 'Lucene',
  },
  {
    name: 'RocksDB',
    classes: ['org.rocksdb.'],
    close: 'call RocksDB.close(), after its iterators and column family handles',
    source: 'https://github.com/facebook/rocksdb/wiki/RocksJava-Basics',
    proof: 'Rocks',
  },
  {
    name: 'Felix',
    classes: ['org.apache.felix.framework.'],
    close: 'call Framework.stop() and waitForStop()',
    source: 'https://felix.apache.org/documentation/subprojects/apache-felix-framework.html',
    proof: 'FileInstall',
  },
]

/** Remedies for databases and indexes in the app itself: their files, and the locks on them. */
export const embeddedRules: RemedyRule[] = all.map(({ name, classes, close, source, proof }) => ({
  when: { kinds: ['file'], classes },
  text:
    `${name} keeps its files open. In beforeCheckpoint of an org.crac.Resource ${close}. ` +
    'Open it again in afterRestore.',
  policy: null,
  source,
  proof,
}))
