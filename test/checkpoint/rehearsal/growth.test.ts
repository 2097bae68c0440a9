import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cases, running, workshopFor } from './programs/rehearsed-app.js'

const workshop = workshopFor({
  ManyFiles: `
    import java.io.File;
    import java.io.FileOutputStream;
    import java.nio.file.Files;
    import java.util.ArrayList;
    import java.util.List;

    public class ManyFiles {
        static final List<FileOutputStream> KEPT = new ArrayList<>();

        public static void main(String[] args) throws Exception {
            File folder = Files.createTempDirectory(new File(".").toPath(), "many").toFile();
            for (int i = 0; i < Integer.parseInt(args[0]); i++) KEPT.add(new FileOutputStream(new File(folder, "f" + i)));
            System.out.println("READY");
            Thread.sleep(600_000);
        }
    }`,
})

/** Processor time of a process in milliseconds: what else the machine does is none of it. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user + system) * 10
}

test('many open files and a long class path are judged in time with their number, not with their product', async () => {
  const cost = async (files: number, elements: number) => {
    const classPath = Array.from({ length: elements }, (_, i) => `/srv/app/lib${i}.jar`).join(':')
    return await running(workshop, `${cases}:${classPath} ManyFiles ${files}`, async (app) => {
      const before = cpuOf(app.pid)
      const { findings } = await app.ask()
      expect(findings).toHaveLength(files)
      return cpuOf(app.pid) - before
    })
  }
  const [short, long] = [await cost(2000, 1), await cost(2000, 1000)]
  console.log(`2,000 files: ${short} ms with one element, ${long} ms with a thousand more`)
  expect(long / short).toBeLessThan(2.5)
})
