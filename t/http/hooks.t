# The order in which httpd calls this module and others: before modules that would take its requests, and before threads
# that use what the module creates.
use strict;
use warnings;
use Test::More;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('hooks');
my $front = front(qq{<Location "/info">\nSetHandler server-info\n</Location>\n}, qw(info proxy proxy_http proxy_express rewrite dir));
my $page = $t->request(GET => '/info?hooks', undef, ':port' => $front->{port}, ':base' => '')->{body};

# The modules of a hook, in order.
sub hook {
    my ($name) = @_;
    my ($list) = $page =~ m{<strong>\Q$name\E:</strong>(.*?)(?=<dt>|</dl>)}s or return [];
    return [$list =~ /(\w+\.c)/g];
}
sub in_order {
    my ($name, @modules) = @_;
    my %wanted = map { $_ => 1 } @modules;
    my %seen;
    is_deeply([grep { $wanted{$_} && !$seen{$_}++ } @{ hook($name) }], \@modules, "$name: @modules");
}
in_order('Child Init', 'mod_dbd.c', 'mod_scim.c', 'mod_watchdog.c');
is(hook($_)->[0], 'mod_scim.c', "$_: first of all") for 'Pre-Translate Name', 'Translate Name', 'Check Type';
in_order('Map to Storage', 'mod_scim.c', 'mod_proxy.c', 'http_core.c');
in_order('Translate Name', 'mod_scim.c', 'mod_rewrite.c', 'mod_proxy.c', 'mod_alias.c');
is(hook('Fixups')->[-1], 'mod_scim.c', 'Fixups: last of all');

done_testing;
