# Runs the figures of t/bench in turns, and prints them; only t/bench calls it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Getopt::Long;
use JSON::PP;
use Load;

my %o = (seconds => 4, rounds => 3);
GetOptions(\%o, 'base=s', 'small=s', 'static=s', 'home=s', 'users=i', 'seconds=i', 'rounds=i', 'json=s', 'only=s') or exit 2;
my $load   = Load->new(map { $_ => $o{$_} } qw(base static home users seconds));
my $small  = Load->new(base => $o{small}, token => $ENV{SCIM_TOKEN_SMALL}, map { $_ => $o{$_} } qw(home users seconds));
my $prefix = $load->{prefix};
my $round  = 0;
my $WRITES = 1500;    # of each kind in a round; 200 groups and 20,000 spare users are loaded for them

# --- requests ---------------------------------------------------------------------------------------------------------

my $json = JSON::PP->new->canonical;
my $USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
my $ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
sub id { return sprintf '%08d-0000-7000-8000-%012d', @_ }
sub message { return $json->encode({schemas => ["urn:ietf:params:scim:api:messages:2.0:$_[0]"], Operations => $_[1]}) }
sub patch   { return message('PatchOp', [@_]) }
sub add     { return patch({op => 'add', path => 'members', value => [{value => $_[0]}]}) }
sub remove  { return patch({op => 'remove', path => qq(members[value eq "$_[0]"])}) }
sub spare   { return id(1, $o{users} + $_[0]) }
sub group   { return '/Groups/' . id(2, $_[0]) }

sub user {
    my ($name) = @_;
    return {schemas => [$USER], userName => $name, externalId => $name, active => JSON::PP::true,
        name => {givenName => 'Made', familyName => 'User'}, emails => [{value => $name, type => 'work', primary => JSON::PP::true}]};
}

# Lua code for a URL that finds user number `i`.
sub filter {
    my ($before, $value) = @_;
    my $escaped = qq($before ") =~ s{([^\w.~-])}{sprintf '%%%02X', ord $1}ger;
    return "'$prefix/Users?filter=$escaped' .. $value .. '%22'";
}
my $ID = q(string.format('00000001-0000-7000-8000-%012d', i));

my $deep = int($o{users} * 0.9);
my %cursor;    # where a walk stands

# Continues a walk of pages of 100, or begins it again at its end.
sub walk {
    my ($which) = @_;
    my $from = $cursor{$which};
    my $page = $load->request(GET => '/Users?count=100&cursor' . (defined $from ? "=$from" : ''));
    ($cursor{$which}) = $page =~ /"nextCursor":"([^"]+)"/;
    $cursor{$which} //= $cursor{start} if $which eq 'deep';
}

# The cursor at nine tenths of the list, where the deep walk begins.
sub go_deep {
    return if defined $cursor{start};
    my $seen = 0;
    undef $load->{connection};
    while ($seen < $deep) {
        my $page = $load->request(GET => '/Users?count=100&attributes=id&cursor' . (defined $cursor{start} ? "=$cursor{start}" : ''));
        ($cursor{start}) = $page =~ /"nextCursor":"([^"]+)"/ or last;
        $seen += 100;
    }
    # A walk with other attributes starts with the same cursor.
    $cursor{deep} = $cursor{start};
}

# Pages of 100 by index, in sequence through a part of the list. The first page, for which the server skips rows and
# counts matches, is requested before the measurement.
sub pages {
    my ($from, $to, $filter) = @_;
    my $start = $from;
    my $step = sub {
        $load->request(GET => "/Users?count=100&startIndex=$start$filter");
        $start += $start + 200 <= $to ? 100 : $from - $start;
    };
    return sub { $load->series(300, $step) }, sub { undef $load->{connection}; $start = $from; $step->() };
}

# A user is added to a group that is mapped to a subscription, and removed.
sub member {
    my ($tenant, $n) = @_;
    my $g = 1 + ($n >> 1) % 99;
    my $user = id(1, ($g * 10 + 50) % 100 + 1);
    return $tenant->request(PATCH => group($g), $n % 2 ? remove($user) : add($user));
}

# Sixty-four simultaneous clients add members to so many groups; the result is the rate. Members of earlier runs have
# been removed.
my ($CROWD, $EACH, $FIRST) = (64, 30, 5000);
sub crowd {
    my ($groups) = @_;
    my $of = sub { my ($n) = @_; return group($groups == 1 ? 0 : 1 + $n % $groups) };
    return sub {
        return $load->together($CROWD, $EACH, sub { $load->request(PATCH => $of->($_[0]), add(spare($FIRST + $_[0]))) }, 1);
    }, sub {
        my %members;
        push @{ $members{ $of->($_) } }, {value => spare($FIRST + $_)} for 1 .. $CROWD * ($EACH + 1);
        undef $load->{connection};
        $load->request(PATCH => $_, patch({op => 'remove', path => 'members', value => $members{$_}})) for sort keys %members;
        undef $load->{connection};
    };
}

# Eight simultaneous clients delete users by Bulk; each user is in two of four groups.
my ($CLIENTS, $BULKS, $LEAVE) = (8, 6, 20);
my @leaving;
sub bulk { return message('BulkRequest', [@_]) }
sub deadlocks { return $load->psql('select deadlocks from pg_stat_database where datname = current_database()') }

sub gather {
    undef $load->{connection};
    my @users = map { {method => 'POST', path => '/Users', bulkId => "u$_", data => user("leave-$$-$round-$_\@example.com")} } 1 .. $CLIENTS * $BULKS * $LEAVE;
    @leaving = $load->request(POST => '/Bulk', bulk(@users)) =~ m{/Users/([0-9a-f-]{36})}g;
    for my $g (0 .. 3) {
        my @members = map { {value => $leaving[$_]} } grep { $_ % 4 == $g || ($_ + 1) % 4 == $g } 0 .. $#leaving;
        $load->request(PATCH => group(101 + $g), patch({op => 'add', path => 'members', value => \@members}));
    }
}

# The users of one Bulk are spread over the list, so that any two Bulks have all groups in common.
sub disperse {
    my ($before, $bulks) = (deadlocks(), $CLIENTS * $BULKS);
    my $done = $load->together($CLIENTS, $BULKS, sub {
        my ($number) = @_;
        my $answer = $load->request(POST => '/Bulk', bulk(map { {method => 'DELETE', path => "/Users/$leaving[$_ * $bulks + $number - 1]"} } 0 .. $LEAVE - 1));
        my $gone = () = $answer =~ /"status":"204"/g;
        die "bulk: $gone of $LEAVE were deleted\n" unless $gone == $LEAVE;
    }, $LEAVE);
    sleep 2;    # a backend tells what it has counted within a second
    my $met = deadlocks() - $before;
    die "bulk: $met deadlocks\n" if $met;
    return $done;
}

# --- the largest accepted bodies --------------------------------------------------------------------------------------------

my $BODY = 10 * 1024 * 1024 - 4096;    # ScimMaxBody, but for the names below
my $MARKS = 'e' . "\xcc\x81\xcc\x96" x 15;
my @made;

# A body of so many bytes, from so many parts and as many unknown members as fit.
sub listed { my ($count, $part) = @_; return '[' . join(',', map { $part->($_) } 1 .. $count) . ']' }
sub stuffed {
    my ($head, $bytes) = @_;
    return qq($head,"x":") . 'x' x ($bytes - length($head) - 7) . '"}';
}

# For each kind the request with a share of the maximum: 1, 1/2, 1/4.
my %SORTS = (
    members => sub {
        my ($share, $name) = @_;
        my $part = int($BODY / 50_000) - 70;
        return ('POST', '/Groups?excludedAttributes=members', qq({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"$name","members":) .
            listed(50_000 * $share, sub { sprintf '{"value":"%s","display":"%s"}', id(1, $_[0]), 'd' x $part }) . '}');
    },
    emails => sub {
        my ($share, $name) = @_;
        return ('POST', '/Users?attributes=id', stuffed(qq({"schemas":["$USER"],"userName":"$name","emails":) .
            listed(10_000 * $share, sub { sprintf '{"value":"%s%05d@example.com","type":"work"}', 'v' x 40, $_[0] }), $BODY * $share));
    },
    marks => sub {
        my ($share, $name) = @_;
        return ('POST', '/Users?attributes=id', stuffed(qq({"schemas":["$USER"],"userName":"$name","emails":) .
            listed(980 * $share, sub { sprintf '{"value":"%s%05d"}', $MARKS x 16, $_[0] }), $BODY * $share));
    },
    bulk => sub {
        my ($share, $name) = @_;
        my $more = 'x' x (int($BODY / 1000) - 400);
        return ('POST', '/Bulk', message('BulkRequest', [map { {method => 'POST', path => '/Users', bulkId => "u$_",
            data => {%{ user("$name-$_\@example.com") }, title => $more}} } 1 .. 1000 * $share]));
    },
);

# One request; what it has created is removed before the next figure.
sub body {
    my ($sort, $share) = @_;
    my ($method, $path, $body) = $SORTS{$sort}->($share, "body-$$-$round-$sort-$share");
    return sub {
        return $load->series(1, sub {
            my $answer = $load->request($method, $path, $body);
            die "$sort: not all were made\n" if $sort eq 'bulk' && 1000 * $share != (() = $answer =~ /"status":"201"/g);
            my ($id) = $answer =~ /^\{"id":"([^"]+)"/;
            push @made, $id ? $path =~ s/\?.*/\/$id/r : $answer =~ m{"location":"[^"]*(/Users/[^"/]+)"}g;
        });
    };
}
my $next;
sub bodies {
    my ($sort) = @_;
    my @sizes = ([2, 1 / 4, 'floor_insert'], [5, 1 / 2, "body_${sort}_2"], [10, 1, "body_${sort}_5"]);
    return map {
        my ($size, $share, $to) = @$_;
        ["body_${sort}_$size", $to, sub { $next->() }, sub {
            undef $load->{connection};
            $load->request(DELETE => $_) for splice @made;
            $next = body($sort, $share);
            undef $load->{connection};
        }]
    } @sizes;
}

# --- figures: the name, what its ratio refers to, the load, what runs before it ----------------------------------------

sub reads { my ($path) = @_; return sub { $load->get($path) } }
# The static file in a Location that requires a subscription, for up to so many users.
sub granted {
    my ($file, $most, $host) = @_;
    my $url = $o{static} =~ s{[^/]*$}{}r;
    my $who = $file eq 'cached' ? "headers['X-User'] = tostring(i % $most + 1)" : "headers['Authorization'] = people[i % #people + 1]";
    my $to  = $host ? "headers['Host'] = '$host'" : '';
    return sub { $load->wrk($url, "(function() $who $to return '/$file.json' end)()") };
}
sub writes { my ($make) = @_; return sub { $load->series($WRITES, sub { $load->request($make->(@_)) }) } }

my $turn = 0;

my @figures = (
    [floor_read   => 'floor_read',   sub { $load->floor('floor_read', 4) }],
    [floor_insert => 'floor_insert', sub { $load->floor('floor_insert', 1) }],
    [floor_update => 'floor_update', sub { $load->floor('floor_update', 1) }],

    [floor_static => 'floor_static', sub { $load->wrk($o{static}, 'nil') }],
    [floor_select => 'floor_select', sub { $load->floor('floor_select', 4) }],
    [floor_dbd    => 'floor_dbd',    granted('dbd', 0, 'floor')],
    # People with a decision within the last minute: others cost as much as in a tenant that changes all the time.
    [authz        => 'floor_dbd',    granted('granted', 0), granted('granted', 0)],
    [authz_cached => 'floor_static', granted('cached', 100)],

    [get_user        => 'floor_read', reads("string.format('$prefix/Users/00000001-0000-7000-8000-%012d', i)")],
    [get_group_10    => 'floor_read', reads("string.format('$prefix/Groups/00000002-0000-7000-8000-%012d', i % 200 + 1)")],
    [get_group_10000 => 'floor_read', reads("'$prefix" . group(201) . q('))],

    [filter_username        => 'floor_read', reads(filter('userName eq', q('user' .. i .. '@example.com')))],
    [filter_external_id     => 'floor_read', reads(filter('externalId eq', q('ext-' .. i)))],
    [filter_id              => 'floor_read', reads(filter('id eq', $ID))],
    [filter_display_name    => 'floor_read', reads(filter('displayName eq', q('User%20Number%20' .. i)))],
    [filter_email           => 'floor_read', reads(filter('emails[type eq "work"].value eq', q('user' .. i .. '@example.com')))],
    [filter_phone           => 'floor_read', reads(filter('phoneNumbers.value eq', q('%2B49' .. i)))],
    [filter_employee_number => 'floor_read', reads(filter("$ENTERPRISE:employeeNumber eq", 'i'))],
    [filter_family_name     => 'floor_read', reads(filter('name.familyName eq', q('Number%20' .. i)))],
    [filter_members         => 'floor_read', reads(filter('members.value eq', $ID) =~ s{/Users\?}{/Groups?excludedAttributes=members&}r)],
    [filter_last_modified   => 'floor_read', reads(filter('meta.lastModified gt', q('2100-01-01T00%3A00%3A00Z')))],

    [list_100    => 'get_user', reads("'$prefix/Users?count=100&startIndex=' .. n % 10 * 100 + 1")],
    [page_first    => 'get_user', pages(1, $o{users} * 0.1, '')],
    [page_deep     => 'get_user', pages($deep + 1, $o{users} + 20_000, '')],
    [page_filtered => 'get_user', pages($deep + 1, $o{users} + 20_000, '&filter=active%20eq%20true')],
    [cursor_100  => 'get_user', sub { $load->series(300, sub { walk('first') }) }],
    [cursor_deep => 'get_user', sub { $load->series(300, sub { walk('deep') }) }, \&go_deep],
    [list_groups => 'get_user', reads("'$prefix/Groups?count=100&excludedAttributes=members'")],

    [access_user_100 => 'floor_read',      sub { $load->sql('access_user_100') }],
    [access_user     => 'access_user_100', sub { $load->sql('access_user') }],
    [access_page     => 'floor_read',      sub { $load->sql('access_page') }],

    [group_add_10        => 'floor_insert', writes(sub { ('PATCH', group(1 + $_[0] % 200), add(spare($_[0]))) })],
    [group_remove_10     => 'floor_insert', writes(sub { ('PATCH', group(1 + $_[0] % 200), remove(spare($_[0]))) })],
    [group_add_100000    => 'floor_insert', writes(sub { ('PATCH', group(0), add(spare($_[0]))) })],
    [group_remove_100000 => 'floor_insert', writes(sub { ('PATCH', group(0), remove(spare($_[0]))) })],
    [group_add_noop      => 'floor_read',   writes(sub { ('PATCH', group(0), add(id(1, 1 + $_[0] % $o{users}))) })],

    [crowd_200 => 'floor_insert', crowd(200)],
    [crowd_1   => 'crowd_200',    crowd(1)],

    [member_100 => 'floor_insert', sub { $small->series($WRITES, sub { member($small, @_) }) }],
    [member     => 'member_100',   sub { $load->series($WRITES, sub { member($load, @_) }) }],

    [patch_user  => 'floor_update', writes(sub { my ($n) = @_; $turn++; return ('PATCH', '/Users/' . id(1, 1 + $n % $o{users}), patch({op => 'replace', path => 'title', value => "Turn $turn.$$"})) })],
    [put_user    => 'floor_update', writes(sub { my $i = 1 + $_[0] % $o{users}; ('PUT', '/Users/' . id(1, $i), $json->encode({%{ user("user$i\@example.com") }, externalId => "ext-$i", title => "Put $round.$_[0].$$"})) })],
    [create_user => 'floor_insert', writes(sub { $turn++; return ('POST', '/Users', $json->encode(user("turn-$$-$turn\@example.com"))) })],
    [bulk_create => 'floor_insert', sub {
        $load->series(3, sub {
            my ($number) = @_;
            my @operations = map { {method => 'POST', path => '/Users', bulkId => "u$_", data => user("bulk-$$-$round-$number-$_\@example.com")} } 1 .. 1000;
            my $answer = $load->request(POST => '/Bulk', message('BulkRequest', \@operations));
            my $made = () = $answer =~ /"status":"201"/g;
            die "bulk: $made of 1000 were created\n" unless $made == 1000;
        }, 1000);
    }],
    [bulk_delete => 'floor_update', \&disperse, \&gather],

    # Requests of 2.5, 5 and 10 MB: twice the body must cost twice as much.
    (map { bodies($_) } qw(members emails marks bulk)),
);
# The requested figures, and those that their ratios refer to.
if ($o{only}) {
    my %wanted = map { $_->[0] => 1 } grep { $_->[0] =~ /$o{only}/ } @figures;
    for (1 .. 3) {
        $wanted{ $_->[1] } = 1 for grep { $wanted{ $_->[0] } } @figures;
    }
    @figures = grep { $wanted{ $_->[0] } } @figures;
}

my %runs;
for (1 .. $o{rounds}) {
    $round++;
    for my $figure (@figures) {
        my ($name, undef, $measured, $before) = @$figure;
        $before->() if $before;
        push @{ $runs{$name} }, eval { $load->measure($measured) } // die "$name: $@";
    }
}

# --- results ------------------------------------------------------------------------------------------------------------

sub median { my @v = sort { $a <=> $b } @_; return $v[$#v / 2] }
my @members = qw(httpd postgres cpu_us rps p50_ms p99_ms mem_kb);
my %figure;
for my $name (map { $_->[0] } @figures) {
    $figure{$name} = {map { my $key = $_; $key => median(map { $_->{$key} } @{ $runs{$name} }) } @members};
}
# Each round has its own ratio, because a machine that slows down for a while slows both.
for (@figures) {
    my ($one, $other) = map { $runs{$_} } @$_[0, 1];
    $figure{ $_->[0] }{ratio} = median(map { $one->[$_]{cpu_us} / $other->[$_]{cpu_us} } 0 .. $#$one);
}

printf "%-22s %9s %11s %9s %7s %8s %8s %8s %7s %s\n", qw(figure httpd_us postgres_us cpu_us rps p50_ms p99_ms mem_kb ratio to);
printf "%-22s %9.1f %11.1f %9.1f %7.0f %8.2f %8.2f %8d %7.2f %s\n", $_->[0], @{ $figure{ $_->[0] } }{@members, 'ratio'}, $_->[1]
    for @figures;

if ($o{json}) {
    for my $f (values %figure) {
        delete @$f{qw(httpd postgres)};
        $f->{$_} = 0 + sprintf '%.3f', $f->{$_} for keys %$f;
    }
    open my $file, '>', $o{json} or die "$o{json}: $!\n";
    print $file JSON::PP->new->canonical->pretty->encode(\%figure);
}
