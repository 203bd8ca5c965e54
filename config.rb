# The machines of the lab, in the variables of coreos-vagrant.
# Read without Ruby (Vagrant's Vagrantfile reads it with Ruby, docs/vagrant.md): `$name = value` with plain values or `ENV['NAME'] || value`,
# and comments; lab.toml holds everything else.

# Number of machines, 1 to 9; etcd survives the loss of one with 3, of two with 5.
$num_instances = 3

# Machines are called core-01, core-02, ...
$instance_name_prefix = "core"

# Memory of each machine in MB. Couchbase needs at least 1536 (1.5 GB).
$vm_memory = 2048

# CPUs of each machine; 2 if the host has them.
$vm_cpus = 1
