import { exec } from "../../../infra/exec";
import { renderExports } from "../../../infra/toolchain/shellenv";

const ENV = {
  PLAIN: "/usr/bin:/bin",
  QUOTES: `it's "quoted" \`here\``,
  DOLLAR: "$HOME ${PATH} $(id) \\n \\",
  LINES: "one\ntwo\n",
  SPACES: "  a  b  ",
  EMPTY: "",
  GLOB: "* ? [a] ! # ~ & ; | < >",
};

it.each(["bash", "sh"])("gives %s exactly the same values", async (shell) => {
  const report = `node -e 'process.stdout.write(JSON.stringify(process.env))'`;
  const script = `eval "$RENDERED"\n${report}\n`;
  const out = await exec(shell, ["-c", script], { env: { RENDERED: renderExports(ENV) } });
  expect(JSON.parse(out)).toMatchObject(ENV);
});
