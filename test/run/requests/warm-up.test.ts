import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseWarmUp } from '../../../harness/run/requests/warm-up-text.js'
import { preflight } from '../../../harness/preflight.js'
import type { WarmUp } from '../../../harness/run/requests/warm-up.js'
import { freePort } from '../../../scenarios/free-port.js'
import { openWorkshop } from '../../checkpoint/rehearsal/programs/rehearsed-app.js'
import { jdk } from '../../support/java.js'

/** Prints each request; asks for a password, redirects, refuses, and fails with an exception of its own. */
const guarded = `import com.sun.net.httpserver.*; import java.net.*; import java.util.*;
public class Guarded {
    static int status(HttpExchange x) throws Exception {
        List<String> auth = x.getRequestHeaders().getOrDefault("authorization", List.of("nobody"));
        System.out.println(x.getRequestMethod() + " " + x.getRequestURI() + " by " + auth.get(0) + ": " + new String(x.getRequestBody().readAllBytes()));
        switch (x.getRequestURI().getPath()) {
            case "/login": x.getResponseHeaders().add("location", "/nowhere"); return 302;
            case "/orders": return auth.get(0).equals("nobody") ? 401 : x.getRequestMethod().equals("POST") ? 201 : 200;
            case "/fails": new IllegalStateException("no pool", new RuntimeException("db.example is away")).printStackTrace(); return 500;
            default: return 404; } }
    public static void main(String[] a) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(a[0])), 0);
        server.createContext("/", x -> { try { x.sendResponseHeaders(status(x), -1); x.close(); } catch (Exception e) { throw new RuntimeException(e); } });
        server.start(); System.out.println("READY"); Thread.sleep(Long.MAX_VALUE); } }`

const workshop = openWorkshop({ Guarded: guarded })
afterAll(() => {
  workshop.remove()
})

async function warmedUp(warmUp: (port: number) => WarmUp) {
  const port = await freePort()
  let output = ''
  const command = [jdk.java, '-cp', workshop.jar, 'Guarded', String(port)]
  const spec = { command, cwd: workshop.folder, ready: { log: /READY/ } }
  const report = await preflight(spec, {
    trace: 'none',
    warmUp: warmUp(port),
    beforeStop: (app) => {
      output = app.output
      return Promise.resolve()
    },
  })
  return { report, asked: output.split('\n').filter((line) => line.includes(' by ')) }
}

test('requests have a method, headers, a body, credentials, expected statuses, and are repeated', async () => {
  const { report, asked } = await warmedUp((port) => [
    { url: '/orders', expect: 401 },
    { url: '/orders', credentials: { user: 'anna', password: 'p:w' }, repeat: 3 },
    { url: `http://localhost:${port}/orders`, headers: { authorization: 'Bearer t' }, body: '{"id":1}' },
    { url: '/login', expect: [200, 302] },
    { url: '/orders', method: 'DELETE', expect: 401 },
  ])
  expect(report.failure).toBeNull()
  const basic = `Basic ${Buffer.from('anna:p:w').toString('base64')}`
  expect(asked).toEqual([
    'GET /orders by nobody: ',
    ...Array<string>(3).fill(`GET /orders by ${basic}: `),
    'POST /orders by Bearer t: {"id":1}',
    'GET /login by nobody: ',
    'DELETE /orders by nobody: ',
  ])
})

test('an unexpected status is told with the one that was expected, and with what the app threw first', async () => {
  const { report } = await warmedUp(() => ({ url: '/fails', expect: [200, 204] }))
  expect(report.failure?.code).toBe('WARM_UP_FAILED')
  expect(report.failure?.message.split('\n').slice(0, 4)).toEqual([
    'The warm-up failed: GET /fails answered 500, expected was 200 or 204.',
    'The last exception that it printed:',
    'java.lang.IllegalStateException: no pool',
    'Caused by: java.lang.RuntimeException: db.example is away',
  ])
})

test.each([
  ['http://h:1/x', { url: 'http://h:1/x' }],
  ['PUT http://h/x 200,302 *50', { method: 'PUT', url: 'http://h/x', expect: [200, 302], repeat: 50 }],
  ['GET /orders *2', { method: 'GET', url: '/orders', repeat: 2 }],
  ['GET http://anna:p%3Aw@h/x', { url: 'http://h/x', credentials: { user: 'anna', password: 'p:w' } }],
  [
    'POST /o 201\r\nContent-Type: text/plain\r\nX-Empty:\r\n\r\na: b\n\nc',
    { headers: { 'Content-Type': 'text/plain', 'X-Empty': '' }, body: 'a: b\n\nc', expect: [201] },
  ],
])('on the command line %j is a request', async (text, request) => {
  expect(parseWarmUp(text)).toMatchObject(request)
})

test('a file holds what is not for the list of processes', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'request-')), 'orders.http')
  writeFileSync(file, 'GET /orders\nAuthorization: Bearer secret\n')
  expect(parseWarmUp(`@${file}`)).toMatchObject({ headers: { Authorization: 'Bearer secret' } })
})

test.each(['POST', 'GET /x 99999', 'GET /x\nno header', '@/nowhere'])('%j is no request', async (text) => {
  expect(() => parseWarmUp(text)).toThrow(/^--warm-up can't (?:be|have)/)
})
