# Measures what administrators read, and what no index answers, in tenants of several sizes; only t/bench --sizes calls
# it. Each figure is the CPU time of httpd and PostgreSQL for a request: the median of the rounds, in which all figures
# and sizes take turns. The ratio is that of the largest tenant to the smallest.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Getopt::Long;
use JSON::PP;
use MIME::Base64 'encode_base64';
use Load;

my %o = (rounds => 3, requests => 20, sizes => '1000 100000 1000000');
GetOptions(\%o, 'port=i', 'home=s', 'rounds=i', 'requests=i', 'only=s', 'json=s', 'sizes=s') or exit 2;
my @sizes = split ' ', $o{sizes};
my $admin = 'Basic ' . encode_base64("$ENV{SCIM_ADMIN_USER}:$ENV{SCIM_ADMIN_PASSWORD}", '');
my $url   = "http://127.0.0.1:$o{port}";
my (%client, %administrator);
for my $size (@sizes) {
    my %all = (home => $o{home}, users => $size, seconds => 4);
    my ($token) = qx($ENV{SCIMCTL} token create --tenant size$size --name bench-$$ --json) =~ /"token": *"([^"]*)"/ or die "no token\n";
    $client{$size}        = Load->new(base => "$url/scim/v2/size$size", token => $token, %all);
    $administrator{$size} = Load->new(base => "$url/scim-admin/tenants/size$size", token => '', authorization => $admin, type => 'application/json', %all);
}
END { $? ||= 0; system "$ENV{SCIMCTL} token revoke --tenant size$_ bench-$$ >/dev/null 2>&1" for @sizes }

sub id { return sprintf '%08d-0000-7000-8000-%012d', @_ }
# An administrator's request, and a client's; the path depends on the tenant's size and the request's number.
sub asks { my ($path) = @_; return sub { my ($size, $n) = @_; $administrator{$size}->request(GET => $path->($size, $n)) } }
sub previews { my ($body) = @_; return sub { $administrator{ $_[0] }->request(POST => '/preview', encode_json($body)) } }
sub reads { my ($path) = @_; return sub { my ($size, $n) = @_; $client{$size}->request(GET => $path->($size, $n)) } }

my @figures = (
    [access_user     => asks(sub { my ($size, $n) = @_; '/users/' . id(1, 2 * $n) . '/access' })],
    [holders         => asks(sub { '/subscriptions/Half/users' })],
    [holders_waiting => asks(sub { '/subscriptions/Half/users?standing=waiting' })],
    [holders_q       => asks(sub { '/subscriptions/Half/users?q=number%2077' })],
    [usage           => asks(sub { '/subscriptions/Half/usage' })],
    [preview_10      => previews({group => 'Group 201', subscription => 'Subscription 3'})],
    [preview_loss    => previews({syncPolicy => 'manual'})],
    [members_q       => asks(sub { '/groups/Group%200/members?q=zzzz' })],
    [condition       => asks(sub { '/template-preview?condition=userName%20co%20%22zzzz%22' })],
    [audit           => asks(sub { '/audit' })],
    [audit_actor     => asks(sub { '/audit?actor=rosa' })],
    [audit_user      => asks(sub { my ($size, $n) = @_; '/audit?user=' . id(1, 2 * $n) })],
    [audit_q         => asks(sub { '/audit?q=user777' })],
    [duplicates      => asks(sub { '/duplicates' })],
    [sort_family     => reads(sub { '/Users?count=100&sortBy=name.familyName' })],
    [last_page       => reads(sub { my ($size, $n) = @_; '/Users?count=100&startIndex=' . ($size - 99 - $n) })],
    [contains        => reads(sub { '/Users?count=100&filter=userName%20co%20%22user777%22' })],
);
@figures = grep { $_->[0] =~ /$o{only}/ } @figures if $o{only};

# One request before the measurement, which plans new statements, is not counted.
my (%runs, %failed);
for my $round (1 .. $o{rounds}) {
    for my $figure (@figures) {
        my ($name, $make) = @$figure;
        for my $size (grep { !$failed{$name}{$_} } @sizes) {
            my $done = eval {
                $client{$size}{connection} = $administrator{$size}{connection} = undef;
                $make->($size, 1);
                $client{$size}->measure(sub { $_[0]->series($o{requests}, sub { $make->($size, 1 + $_[0] + $o{requests} * $round) }) });
            };
            if ($done) { push @{ $runs{$name}{$size} }, $done }
            else       { ($failed{$name}{$size}) = $@ =~ /HTTP\S* (\d+)/ or die $@ }
        }
    }
}

sub median { my @v = sort { $a <=> $b } @_; return $v[$#v / 2] }
my %figure;
printf "%-16s %s %8s\n", 'CPU ms', join(' ', map { sprintf '%12s', $_ } @sizes), 'ratio';
for my $name (map { $_->[0] } @figures) {
    my @ms = map { my $size = $_; $failed{$name}{$size} ? undef : median(map { $_->{cpu_us} / 1000 } @{ $runs{$name}{$size} }) } @sizes;
    my $ratio = defined $ms[0] && defined $ms[-1] && $ms[0] ? $ms[-1] / $ms[0] : undef;
    $figure{$name} = {ratio => $ratio, map { ($sizes[$_] => $ms[$_]) } 0 .. $#sizes};
    printf "%-16s %s %8s\n", $name, join(' ', map { sprintf '%12s', defined $ms[$_] ? sprintf '%.1f', $ms[$_] : $failed{$name}{ $sizes[$_] } } 0 .. $#sizes),
        defined $ratio ? sprintf '%.2f', $ratio : '-';
}
if ($o{json}) {
    open my $file, '>', $o{json} or die "$o{json}: $!\n";
    print $file JSON::PP->new->canonical->pretty->encode(\%figure);
}
