/** What the programs of a cluster are told. */

/** Its users. `developer` has no right until a test gives it one. */
export const TOKENS = [
  { name: 'admin', user: 'admin', group: 'system:masters', token: 'administrator' },
  { name: 'developer', user: 'developer', group: 'developers', token: 'developer' },
  { name: 'node', user: 'system:node:node1', group: 'system:nodes', token: 'node' },
]

export const kubeconfig = (server, authority, token) => `apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: "${server}", certificate-authority: "${authority}" } }]
users: [{ name: test, user: { token: "${token}" } }]
contexts: [{ name: test, context: { cluster: test, user: test } }]
current-context: test
`

/** Images are imported only. */
export const containerdConfig = (folder, plugins) => `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/crac-preflight-test/pause:1"
  # Who is confined itself can't give anybody a lower score.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${plugins}"
    conf_dir = "${folder}/net.d"
`

export const network = (folder) =>
  JSON.stringify({
    cniVersion: '0.4.0',
    name: 'test',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods0',
        isGateway: true,
        ipam: {
          type: 'host-local',
          dataDir: `${folder}/addresses`,
          ranges: [[{ subnet: '10.244.77.0/24' }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  })

export const kubeletConfig = (folder) => `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://${folder}/containerd.sock
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
failCgroupV1: false
makeIPTablesUtilChains: false
localStorageCapacityIsolation: false
evictionHard: { imagefs.available: "0%", nodefs.available: "0%", memory.available: "1Mi" }
imageGCHighThresholdPercent: 100
resolvConf: ""
podLogsDir: ${folder}/logs
volumePluginDir: ${folder}/plugins
authentication: { anonymous: { enabled: true }, webhook: { enabled: false } }
authorization: { mode: AlwaysAllow }
oomScoreAdj: 0
syncFrequency: 5s
`
