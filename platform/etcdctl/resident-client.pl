#!/usr/bin/perl
# etcdctl on a machine: hands its command line to a process that stays (etcdctl.service; platform/etcdctl/resident.ts says how they
# speak), because starting Node takes a tenth of a second of CPU, and seconds in an emulated guest. Where that process does not
# answer, and for what needs the caller's own process, the whole program runs instead. A module would cost as much as all of this.
use strict;

my ($intr, $again, $pipe) = (4, 11, 32);    # EINTR, EAGAIN, EPIPE of Linux
my ($unix, $stream) = (1, 1);               # AF_UNIX, SOCK_STREAM of Linux
my $silence = 60;                           # seconds; the process says every ten that it is at work

sub become {
    $SIG{PIPE} = 'DEFAULT';
    exec { $_[0] } @_ or return;
}

sub own {
    my @program = ('/usr/bin/node', $ENV{LAB_ETCDCTL_OWN} // '/opt/lab/bin/etcdctl.cjs', @ARGV);
    become(@program);
    print STDERR "Error:  cannot run $program[0]: $!\n";
    exit 70;
}

sub give_up {
    print STDERR "Error:  the process that runs etcdctl's commands $_[0]; next: journalctl -u etcdctl\n";
    exit 4;
}

# Whether all of it was taken; what has gone stays gone, as with `etcdctl ls / | head -n 1`.
sub give {
    my ($to, $bytes) = @_;
    my $at = 0;
    while ($at < length $bytes) {
        my $taken = syswrite $to, $bytes, length($bytes) - $at, $at;
        if (defined $taken) { $at += $taken; next; }
        next if $! == $intr;
        return 0 if $! != $again;
        vec(my $ready = '', fileno $to, 1) = 1;
        select undef, $ready, undef, undef;
    }
    return 1;
}

$SIG{PIPE} = 'IGNORE';
socket(my $resident, $unix, $stream, 0) or own();
connect($resident, pack 'S a108', $unix, $ENV{LAB_ETCDCTL_SOCKET} // '/run/etcdctl.sock') or own();
my @environment = map { "$_=$ENV{$_}" } grep { /^ETCDCTL_/ } keys %ENV;
give($resident, join "\0", scalar @environment, @environment, scalar @ARGV, @ARGV, '') or own();

my ($buffer, $is_taken) = ('', 0);

# More of what the process says. Before it was told to begin, it has done nothing, and will not.
sub hear {
    vec(my $ready = '', fileno $resident, 1) = 1;
    my $count = select $ready, undef, undef, $silence;
    return if $count < 0 && $! == $intr;
    my $read = $count > 0 ? sysread $resident, $buffer, 65536, length $buffer : undef;
    return if $read || (!defined $read && $count > 0 && $! == $intr);
    $is_taken or own();
    give_up($count == 0 ? "has said nothing for $silence s" : 'ended in the middle');
}

while (1) {
    if ($buffer !~ /^([a-z])(\d+)\n/ || length $buffer < $+[0] + $2) { hear(); next; }
    my ($mark, $text) = ($1, substr $buffer, $+[0], $2);
    substr $buffer, 0, $+[0] + $2, '';
    if ($mark eq 't') { $is_taken or give($resident, 'g') or own(); $is_taken = 1; }
    elsif ($mark eq 'o') { give(\*STDOUT, $text) or exit($! == $pipe ? 0 : 70); }
    elsif ($mark eq 'e') { give(\*STDERR, $text); }
    elsif ($mark eq 'i') {
        my $input = do { local $/; <STDIN> } // '';
        give($resident, $input);
        shutdown $resident, 1;
    }
    elsif ($mark eq 'x') { exit $text; }
    elsif ($mark eq 'v') {
        my ($endpoints, @words) = split /\0/, $text, -1;
        pop @words;
        $ENV{ETCDCTL_API} = 3;
        $endpoints eq '' ? delete $ENV{ETCDCTL_ENDPOINTS} : ($ENV{ETCDCTL_ENDPOINTS} = $endpoints);
        become($ENV{LAB_ETCDCTL_REAL} // '/usr/bin/etcdctl.real', @words);
        own();
    }
    else { own(); }
}
